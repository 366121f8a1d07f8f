import { hash } from 'node:crypto';

/** The SHA-256 of a body as it is sent, in hexadecimal. */
export const bodyDigest = (body: string): string => hash('sha256', body);
