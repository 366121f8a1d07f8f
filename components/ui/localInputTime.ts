/**
 * A moment as `<input type="datetime-local">` wants it, in the person's own time zone; empty for none, and for years
 * that such an input cannot hold.
 * @param at ISO 8601
 */
export function localInputTime(at: string | undefined): string {
  const date = new Date(at ?? Number.NaN);
  const year = date.getFullYear();
  if (Number.isNaN(year) || year < 1 || year > 9999) return '';
  const pad = (number: number, digits = 2) => String(number).padStart(digits, '0');
  const day = `${pad(year, 4)}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day}T${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** The moment that such an input holds, ISO 8601 with a year of four digits; undefined for none. */
export function isoTimeOf(value: string): string | undefined {
  const at = Date.parse(value);
  return Number.isNaN(at)
    ? undefined
    : new Date(Math.min(Math.max(at, firstMoment), lastMoment)).toISOString();
}

/* The ends of what ISO 8601 writes with four digits: an offset may carry the first or last hours beyond them. */
const firstMoment = Date.parse('0000-01-01T00:00:00.000Z');
const lastMoment = Date.parse('9999-12-31T23:59:59.999Z');
