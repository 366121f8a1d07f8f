import { hash } from 'node:crypto';

const begin = 'dlk_';
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** Digits that hold 256 bits, and those of the checksum, which holds 32. */
const secretDigits = 43;
const checkDigits = 6;
const tokenLength = begin.length + secretDigits + checkDigits;
/** How much of a token people see afterwards. */
const shownLength = 10;

/**
 * The text of a token: `dlk_`, its bytes and a checksum in base 62, so that what scans for secrets knows one, and a slip of
 * the hand shows before anybody is asked.
 * @param random 32 bytes
 */
export function apiTokenOf(random: Uint8Array): string {
  const body = begin + inBase62(random, secretDigits);
  return body + checksumOf(body);
}

/** What a token looks like as far as can be told without the database; `foreign`: it is none of ours. */
export type TokenForm = 'good' | 'incomplete' | 'mistyped' | 'foreign';

/** @param text what was sent in place of a token */
export function tokenForm(text: string): TokenForm {
  if (!text.startsWith(begin)) return 'foreign';
  if (text.length < tokenLength) return 'incomplete';
  const body = text.slice(0, begin.length + secretDigits);
  return text === body + checksumOf(body) ? 'good' : 'mistyped';
}

/** What is kept of a token: its SHA-256. It has 256 random bits: nothing slower would make it harder to find. */
export const tokenHash = (token: string) => hash('sha256', token);

/** How a token begins, so that people tell one from another. */
export const tokenPrefix = (token: string) => token.slice(0, shownLength);

/** The first 32 bits of its SHA-256. */
const checksumOf = (body: string) => inBase62(hash('sha256', body, 'buffer').subarray(0, 4), checkDigits);

/** A number, big-endian, with leading zeros. */
function inBase62(bytes: Uint8Array, length: number): string {
  let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let text = '';
  for (let place = 0; place < length; place++) {
    text = digits.charAt(Number(number % 62n)) + text;
    number /= 62n;
  }
  return text;
}
