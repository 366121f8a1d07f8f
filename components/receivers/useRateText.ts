import { useFormatter } from 'next-intl';

/** A share from 0 to 1 as a percentage in the person's language. The light message parser knows no percent skeleton. */
export function useRateText(): (rate: number) => string {
  const format = useFormatter();
  return (rate) => format.number(rate, { style: 'percent', maximumFractionDigits: 1 });
}
