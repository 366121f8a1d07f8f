import { z } from 'zod';

const first = Date.parse('0001-01-01T00:00:00Z');
const last = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A time that somebody gives, in ISO 8601, made UTC: with an offset it may lie in years of which the database reads no
 * offsets, or none at all.
 * @param code of what is no time
 */
export const givenTime = (code?: string) =>
  z.iso
    .datetime({ offset: true, ...(code === undefined ? {} : { error: code }) })
    .refine((text) => Date.parse(text) >= first && Date.parse(text) <= last, 'time_range')
    .transform((text) => new Date(text).toISOString());
