/** The spans that statistics are shown for: how many periods of which length. */
export const statsRanges = {
  '24h': { periods: 24, step: '1 hour' },
  '7d': { periods: 28, step: '6 hours' },
  '30d': { periods: 30, step: '1 day' },
} as const;
export type StatsRange = keyof typeof statsRanges;
export const statsRangeNames = Object.keys(statsRanges) as [StatsRange, ...StatsRange[]];
