import { createHash } from 'node:crypto';

/** The SHA-256 of a body as it is sent, in hexadecimal. */
export const bodyDigest = (body: string): string => createHash('sha256').update(body).digest('hex');
