import { z } from 'zod';

/**
 * Text as Postgres takes it in `text` and `jsonb`: without NUL and lone surrogates, which become U+FFFD.
 * @param maxChars longest result in UTF-16 code units
 */
export function storableText(text: string, maxChars = Number.POSITIVE_INFINITY): string {
  return text.slice(0, maxChars).replaceAll('\0', '\uFFFD').toWellFormed();
}

/**
 * A text that a person gives and Postgres can hold as it is: no NUL, no half of a surrogate pair.
 * @param missing code for what is no text at all
 */
export const givenText = (missing?: string) =>
  z.string(missing).refine((text) => !text.includes('\0') && text.isWellFormed(), 'text_unstorable');
