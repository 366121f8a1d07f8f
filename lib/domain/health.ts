import { z } from 'zod';

const count = z.number();
/** Milliseconds ago, or for which something has lasted; null: not known, or there is none, as `warnings` says. */
const age = z.number().nullable();

/** What `GET /api/health` answers. */
export const healthReportSchema = z.object({
  /**
   * `unavailable`: the database does not answer, or has the schema of another version. `stalled`: deliveries that could be sent have waited for over a minute,
   * and within a minute no drain has asked for deliveries or none has ended one. `ok`: neither.
   */
  status: z.enum(['ok', 'stalled', 'unavailable']),
  /** Sentences that say what is wrong, or not known. */
  warnings: z.array(z.string()),
  schema_version: z.string().nullable(),
  /** For how long the oldest delivery has waited that could be claimed at this moment. */
  oldest_claimable_ms: age,
  deliveries: z.object({ pending: count, retrying: count, in_flight: count }).nullable(),
  /** Webhooks with due deliveries of which none may be sent now, by reason. */
  held: z.object({ inactive: count, paused: count, throttled: count, limited: count }).nullable(),
  /** Of this process. */
  drain: z.object({
    free_slots: count,
    concurrency: count,
    in_flight: count,
    results_waiting: count,
    last_exchange_ms: age,
    failed_exchanges: count,
    /** Its own connections to the database; null: WEBHOOKS_DATABASE_URL is not given. */
    database: z.enum(['open', 'connecting', 'lost']).nullable(),
  }),
  /** Of all processes, as the database knows them: the drains of the last hour and the latest of what they did. */
  drains: z.object({ count, last_exchange_ms: age, last_settled_ms: age }).nullable(),
  chores: z
    .array(z.object({ chore: z.string(), last_success_ms: age, error: z.string().nullable() }))
    .nullable(),
  jobs: z.object({ running: count, failed: count }).nullable(),
});
export type HealthReport = z.infer<typeof healthReportSchema>;
