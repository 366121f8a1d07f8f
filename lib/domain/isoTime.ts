import { z } from 'zod';

/** `2026-11-23 21:47:02.902848+00`: Postgres' own way of writing what ISO 8601 writes with T and +00:00. */
const postgresTime = /^(\d{4,}-\d\d-\d\d)[ T](.+?)([+-]\d\d)(?::?(\d\d))?$/;

/**
 * A time as the database wrote it, in either notation, made ISO 8601 in UTC with milliseconds: the one form of
 * every time in the API.
 */
export const isoTime = z
  .string()
  .transform((text, context) => {
    const time = new Date(
      text.replace(
        postgresTime,
        (_, day, clock, hours, minutes = '00') => `${day}T${clock}${hours}:${minutes}`,
      ),
    );
    if (!Number.isNaN(time.getTime())) return time.toISOString();
    context.addIssue({ code: 'custom', message: `not a time: ${text}` });
    return z.NEVER;
  })
  .meta({ override: { type: 'string', format: 'date-time' } });
