const bearer = /^Bearer +(\S+)$/i;

/**
 * The token of an `Authorization` header (RFC 6750, section 2.1); undefined when it has none of this form. Whoever asks
 * who calls, and whoever asks whether a browser may have been misled into calling, asks this: a header that counts for
 * the one and not for the other would open the door.
 */
export const bearerToken = (authorization: string | null | undefined): string | undefined =>
  bearer.exec(authorization ?? '')?.[1];
