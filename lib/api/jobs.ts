import { queryOptions } from '@tanstack/react-query';
import type { Job } from '@/lib/domain/job';
import { apiFetch } from './apiFetch';

export const jobKeys = { all: ['jobs'] as const };

/** The background jobs that run, and those that ended within the last hour; asked again every second while one runs. */
export const jobsQuery = queryOptions({
  queryKey: jobKeys.all,
  queryFn: ({ signal }) => apiFetch<{ items: Job[] }>('/api/jobs', { signal }),
  refetchInterval: ({ state }) =>
    state.data?.items.some(({ state: is }) => is === 'running') ? 1000 : false,
});

/** Ends a running job where it is. */
export function stopJob(id: string): Promise<Job> {
  return apiFetch(`/api/jobs/${id}/stop`, { method: 'POST' });
}

/** Takes everything that waits for a webhook out of the queue, in the background. */
export function cancelWaiting(webhookId: string): Promise<Job> {
  return apiFetch(`/api/webhooks/${webhookId}/cancel`, { method: 'POST' });
}
