/**
 * When a UUID of version 7 was made, by its first 48 bits (RFC 9562, 5.7): ISO 8601 in UTC, to the millisecond. The ids of events
 * and deliveries are such.
 */
export const uuidTime = (uuid: string): string =>
  new Date(Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16)).toISOString();
