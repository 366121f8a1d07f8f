import type { Job } from '@/lib/domain/job';

/** Milliseconds for which a job that has ended says so. */
const shownAfter = 60_000;

/**
 * The jobs that concern a webhook, or any: those that run, and those that have just ended; not one that had nothing to do, which
 * nobody waits for, and whose line would move what is below it under a click.
 * @param now milliseconds since 1970
 */
export function shownJobs(jobs: readonly Job[], webhookId: string | undefined, now: number): Job[] {
  return jobs.filter(({ webhook_id, state, done, finished_at }) => {
    const concerned = webhookId === undefined || webhook_id === webhookId || webhook_id === null;
    if (finished_at === null) return concerned;
    return concerned && (done > 0 || state !== 'finished') && now - Date.parse(finished_at) < shownAfter;
  });
}
