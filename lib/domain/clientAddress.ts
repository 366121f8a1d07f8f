/**
 * The address from which a request came, as the nearest proxy saw it: each adds what it saw at the end of the list, and what
 * is before that anybody may have written. Without a proxy in front the server itself writes it, unless the caller did: then
 * it is the caller's word.
 */
export const clientAddress = ({ headers }: { headers: Headers }): string =>
  headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() || 'unknown';
