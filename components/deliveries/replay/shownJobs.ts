import type { Job } from '@/lib/domain/job';

/** Milliseconds for which a job that had ended before a page was opened says so on it. */
const shownAfter = 60_000;

/**
 * The jobs that concern a webhook, or any: those that run, and those that have just ended; not one that had nothing to do, which
 * nobody waits for. A line that was shown stays for as long as the page does: what is below it would move under a click.
 * @param openedAt when the page was opened, milliseconds since 1970
 * @param seen ids of those that it has shown
 */
export function shownJobs(
  jobs: readonly Job[],
  webhookId: string | undefined,
  openedAt: number,
  seen: ReadonlySet<string>,
): Job[] {
  return jobs.filter(({ id, webhook_id, state, done, finished_at }) => {
    const concerned = webhookId === undefined || webhook_id === webhookId || webhook_id === null;
    if (finished_at === null || seen.has(id)) return concerned;
    return concerned && (done > 0 || state !== 'finished') && openedAt - Date.parse(finished_at) < shownAfter;
  });
}
