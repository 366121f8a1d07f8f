import { z } from 'zod';
import { type Job, jobSchema } from '@/lib/domain/job';
import { adminClient } from './adminClient';
import { unwrap } from './storeError';

/** The chores of upkeep that are due: those whose last success is longer ago than their interval. */
export async function dueChores(): Promise<string[]> {
  return z.array(z.string()).parse(unwrap(await adminClient().rpc('due_webhook_chores')));
}

/**
 * Runs one chore for at most some 200 ms, by one runner at a time. `more`: it stopped before its work was done.
 * @param keepDays for how long deliveries are kept after they ended
 */
export async function runChore(chore: string, keepDays: number): Promise<{ done: number; more: boolean }> {
  const response = await adminClient().rpc('run_webhook_chore', { chore, keep_days: keepDays });
  return z.object({ done: z.number(), more: z.boolean() }).parse(unwrap(response));
}

/** Keeps why a chore failed, for health: the transaction of the chore itself was taken back. */
export async function noteChoreFailure(chore: string, error: string): Promise<void> {
  unwrap(await adminClient().rpc('note_webhook_chore_failure', { chore, error }));
}

/** Works for at most some 200 ms on the background job whose turn it is; null when there is none. */
export async function runJobStep(): Promise<Job | null> {
  return jobSchema.nullable().parse(unwrap(await adminClient().rpc('run_webhook_job_step')));
}

const count = z.number();
export const queueFiguresSchema = z.object({
  /** Of the newest migration that the database has. */
  schema_version: z.string(),
  /** For how long the oldest delivery has waited that could be claimed at this moment; null when there is none. */
  oldest_claimable_ms: count.nullable(),
  /** By state. At most 100,000 rows are counted. */
  deliveries: z.object({ pending: count, retrying: count, in_flight: count }),
  /**
   * Webhooks with due deliveries of which none can be claimed, by reason. `paused`: the breaker is open; `throttled`: the
   * receiver asked us to wait; `limited`: its rate, or all its requests are under way.
   */
  held: z.object({ inactive: count, paused: count, throttled: count, limited: count }),
  breakers: z.object({ open: count, half_open: count }),
  /** How often the breakers of the webhooks that fail now have opened. */
  breaker_openings: count,
  webhooks_failing: count,
  /** `disabled` by the system, `inactive` by a person. */
  webhooks: z.object({ active: count, inactive: count, disabled: count }),
  /** The drains that exchanged with the database within the last hour. Milliseconds ago; null: never. */
  workers: z.array(
    z.object({ worker: z.string(), last_exchange_ms: count, last_settled_ms: count.nullable() }),
  ),
  /** Milliseconds ago; null: never. `error` is that of the last failure while no success came since. */
  chores: z.array(
    z.object({
      chore: z.string(),
      last_success_ms: count.nullable(),
      last_failure_ms: count.nullable(),
      error: z.string().nullable(),
    }),
  ),
  jobs: z.object({ running: count, failed: count }),
});
export type QueueFigures = z.infer<typeof queueFiguresSchema>;

/** The state of queue, breakers, webhooks, drains, chores and jobs, for health and metrics. */
export async function queueFigures(): Promise<QueueFigures> {
  return queueFiguresSchema.parse(unwrap(await adminClient().rpc('webhook_queue_figures')));
}
