import { queryOptions } from '@tanstack/react-query';
import type { Inbox, InboxInput, InboxPatch, InboxView } from '@/lib/domain/playground';
import { apiFetch } from './apiFetch';

/** Keys of everything cached about the playground; invalidate after a change. */
export const playgroundKeys = {
  inboxes: ['playground', 'inboxes'] as const,
  requests: (inboxId: string) => ['playground', 'requests', inboxId] as const,
};

/** Every inbox with its address and its webhooks, oldest first; asked again every 5 s. */
export const inboxListQuery = queryOptions({
  queryKey: playgroundKeys.inboxes,
  queryFn: async ({ signal }) => (await apiFetch('GET /api/playground/inboxes', { signal })).items,
  refetchInterval: 5000,
});

/** How many webhooks send to an inbox. */
export const inboxUsersQuery = (inboxId: string) =>
  queryOptions({
    queryKey: ['playground', 'users', inboxId],
    queryFn: async ({ signal }) => {
      const { items } = await apiFetch('GET /api/playground/inboxes', { signal });
      return items.find(({ id }) => id === inboxId)?.webhooks.length ?? 0;
    },
    staleTime: 0,
    // Read once for the question that stands there.
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });

/** What an inbox received, newest first; asked again every second. */
export const inboxRequestsQuery = (inboxId: string) =>
  queryOptions({
    queryKey: playgroundKeys.requests(inboxId),
    queryFn: async ({ signal }) =>
      (await apiFetch('GET /api/playground/inboxes/{inboxId}/requests', { path: { inboxId }, signal })).items,
    refetchInterval: 1000,
  });

/** One request with headers and body; never changes. */
export const inboxRequestQuery = (inboxId: string, requestId: string) =>
  queryOptions({
    queryKey: ['playground', 'request', requestId] as const,
    queryFn: ({ signal }) =>
      apiFetch('GET /api/playground/inboxes/{inboxId}/requests/{requestId}', {
        path: { inboxId, requestId },
        signal,
      }),
    staleTime: 'static',
  });

/** Creates an inbox. */
export function createInbox(input: InboxInput): Promise<InboxView> {
  return apiFetch('POST /api/playground/inboxes', { body: input });
}

/** Renames an inbox, or tells it how to answer. */
export function updateInbox(id: string, patch: InboxPatch): Promise<Inbox> {
  return apiFetch('PATCH /api/playground/inboxes/{inboxId}', { path: { inboxId: id }, body: patch });
}

/** Deletes an inbox with its requests: its address answers 404 from then on. */
export function deleteInbox(id: string): Promise<void> {
  return apiFetch('DELETE /api/playground/inboxes/{inboxId}', { path: { inboxId: id } });
}

/** Forgets what an inbox received. */
export function clearInbox(id: string): Promise<void> {
  return apiFetch('DELETE /api/playground/inboxes/{inboxId}/requests', { path: { inboxId: id } });
}
