/** Milliseconds: no retry waits longer, whatever the settings or the receiver say. */
export const maxDelayMs = 24 * 60 * 60 * 1000;
const maxJitter = 0.1;

/**
 * Milliseconds until the next retry: `retry_delay × 2^retry_count`, lengthened by the receiver's Retry-After,
 * never less, up to 10% more, at most 24 h.
 * @param input.retryDelay seconds before the first retry
 * @param input.retryCount retries already made
 * @param input.jitter random number from 0 to 1: how much of the 10% is added
 * @param input.retryAfterMs what the receiver asked for, in milliseconds
 */
export function retryDelayMs(input: {
  retryDelay: number;
  retryCount: number;
  jitter: number;
  retryAfterMs?: number | null;
}): number {
  const nominal = input.retryDelay * 1000 * 2 ** input.retryCount;
  const wanted = Math.max(nominal, input.retryAfterMs ?? 0);
  return Math.min(maxDelayMs, Math.ceil(wanted * (1 + maxJitter * input.jitter)));
}

/**
 * The nominal waits before each retry, in seconds: `[5, 10, 20]` for three retries from 5 s.
 * @param input.retryDelay seconds before the first retry
 */
export function retrySchedule(input: { retryDelay: number; maxRetries: number }): number[] {
  return Array.from(
    { length: input.maxRetries },
    (_, retryCount) => retryDelayMs({ retryDelay: input.retryDelay, retryCount, jitter: 0 }) / 1000,
  );
}

/**
 * Milliseconds that a Retry-After header asks to wait (RFC 9110, section 10.2.3: seconds, or an HTTP-date);
 * 0 for a date that has passed, null for anything else.
 */
export function parseRetryAfter(value: string, now: Date): number | null {
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = parseHttpDate(text, now);
  return date === null ? null : Math.max(0, date - now.getTime());
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** The three forms of RFC 9110, section 5.6.7, as milliseconds since 1970. */
const httpDateForms = [
  /^[a-z]{3}, (?<day>\d{2}) (?<month>[a-z]{3}) (?<year>\d{4}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/i,
  /^[a-z]{6,9}, (?<day>\d{2})-(?<month>[a-z]{3})-(?<year>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) GMT$/i,
  /^[a-z]{3} (?<month>[a-z]{3}) (?<day>[ \d]\d) (?<time>\d{2}:\d{2}:\d{2}) (?<year>\d{4})$/i,
];

/** An HTTP-date (RFC 9110, section 5.6.7) as milliseconds since 1970; null for anything else. */
export function parseHttpDate(text: string, now: Date): number | null {
  const found = httpDateForms.map((form) => form.exec(text)?.groups).find(Boolean);
  if (!found) return null;
  const { day = '', month = '', year = '', time = '' } = found;
  const monthIndex = monthNames.indexOf(month.toLowerCase());
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  if (monthIndex < 0 || Number(day) > 31 || hours > 23 || minutes > 59 || seconds > 60) return null;
  return Date.UTC(fullYear(year, now), monthIndex, Number(day), hours, minutes, seconds);
}

/** A two-digit year is the one within 50 years of now. */
function fullYear(year: string, now: Date): number {
  if (year.length === 4) return Number(year);
  const thisYear = now.getUTCFullYear();
  const candidate = thisYear - (thisYear % 100) + Number(year);
  if (candidate > thisYear + 50) return candidate - 100;
  return candidate <= thisYear - 50 ? candidate + 100 : candidate;
}
