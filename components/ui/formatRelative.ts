const steps = [
  ['second', 1000],
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
  ['month', 2_629_800_000],
  ['year', 31_557_600_000],
] as const;

/**
 * A moment in words, such as « il y a 3 min » or « dans 12 s ».
 * @param at and @param now milliseconds since 1970
 */
export function formatRelative(at: number, now: number, locale: string): string {
  const distance = at - now;
  const size = Math.abs(distance);
  let [unit, length]: (typeof steps)[number] = steps[0];
  for (const step of steps) if (size >= step[1]) [unit, length] = step;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  return format.format(Math.trunc(distance / length), unit);
}
