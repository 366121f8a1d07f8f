import { z } from 'zod';
import { deliverySchema } from './delivery';
import { isoTime } from './isoTime';
import { statsRangeNames } from './statsRange';
import { isTimeZone } from './timeZone';

const count = z.number();

/** What happened in one period. Tests are left out. */
export const statsPeriodSchema = z.object({
  /** Its first moment. */
  since: isoTime,
  /** Deliveries that ended in success. */
  succeeded: count,
  /** Deliveries given up. */
  failed: count,
  /** Attempts that failed and are tried again. */
  retried: count,
  /** Failed attempts by what failed; 410 is among the 4xx. What is in none of these failed in another way. */
  errors_4xx: count,
  errors_5xx: count,
  errors_timeout: count,
  errors_network: count,
  errors_transform: count,
  /** Attempts that were answered, by duration: see `latencyPercentile`. */
  latency_histogram: z.array(count),
  /** Deliveries that were never meant to be sent: neither success nor failure. */
  skipped: count,
});
export type StatsPeriod = z.infer<typeof statsPeriodSchema>;

/** Every period of a range, oldest first, the present one last. */
export const statisticsSchema = z.object({
  range: z.enum(statsRangeNames),
  periods: z.array(statsPeriodSchema),
});
export type Statistics = z.infer<typeof statisticsSchema>;

/** The same of one webhook, with its deliveries that are tried again next. */
export const webhookStatisticsSchema = statisticsSchema.extend({ next_retries: z.array(deliverySchema) });
export type WebhookStatistics = z.infer<typeof webhookStatisticsSchema>;

/** Query of the routes of statistics. `time_zone` decides where days begin. */
export const statsQuerySchema = z.object({
  range: z.enum(statsRangeNames).default('24h'),
  time_zone: z
    .string()
    .refine(isTimeZone, 'time_zone_unknown')
    .default('UTC')
    .describe('Where days begin: the IANA name of a time zone.'),
});
