import { type QueryClient, queryOptions } from '@tanstack/react-query';
import type { Job } from '@/lib/domain/job';
import { apiFetch } from './apiFetch';

export const jobKeys = { all: ['jobs'] as const };

type Jobs = { items: Job[] };

/** The background jobs that run, and those that ended within the last hour; asked again every second while one runs. */
export const jobsQuery = queryOptions({
  queryKey: jobKeys.all,
  queryFn: ({ signal }) => apiFetch('GET /api/jobs', { signal }),
  refetchInterval: ({ state }) =>
    state.data?.items.some(({ state: is }) => is === 'running') ? 1000 : false,
});

/** Shows a job that was just asked for at once, and follows it. */
export function followJob(client: QueryClient, job: Job): void {
  client.setQueryData<Jobs>(jobKeys.all, (jobs) => ({
    items: [job, ...(jobs?.items ?? []).filter(({ id }) => id !== job.id)],
  }));
  void client.invalidateQueries({ queryKey: jobKeys.all });
}

/** Ends a running job where it is. */
export function stopJob(id: string): Promise<Job> {
  return apiFetch('POST /api/jobs/{jobId}/stop', { path: { jobId: id } });
}

/** Has a job that was stopped or failed go on where it is. */
export function resumeJob(id: string): Promise<Job> {
  return apiFetch('POST /api/jobs/{jobId}/resume', { path: { jobId: id } });
}

/** Takes everything that waits for a webhook out of the queue, in the background. */
export function cancelWaiting(webhookId: string): Promise<Job> {
  return apiFetch('POST /api/webhooks/{webhookId}/cancel', { path: { webhookId } });
}
