import { z } from 'zod';

/**
 * A text that a person gives and Postgres can hold as it is: no NUL, no half of a surrogate pair.
 * @param missing code for what is no text at all
 */
export const givenText = (missing?: string) =>
  z.string(missing).refine((text) => !text.includes('\0') && text.isWellFormed(), 'text_unstorable');
