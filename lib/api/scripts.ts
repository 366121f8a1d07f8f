import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query';
import type { DraftAnswer } from '@/lib/domain/script';
import type { Webhook } from '@/lib/domain/webhook';
import { apiFetch } from './apiFetch';
import { webhookKeys } from './webhooks';

const pageSize = 10;
const scriptKey = (webhookId: string) => [...webhookKeys.all, 'scripts', webhookId] as const;

/** The scripts that a webhook had, newest first. */
export const scriptVersionsQuery = (webhookId: string) =>
  infiniteQueryOptions({
    queryKey: [...scriptKey(webhookId), 'versions'] as const,
    queryFn: ({ pageParam, signal }) =>
      apiFetch('GET /api/webhooks/{webhookId}/scripts', {
        path: { webhookId },
        query: { cursor: pageParam, limit: pageSize },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

/** One of them, with its text: it never changes. */
export const scriptVersionQuery = (webhookId: string, versionId: string) =>
  queryOptions({
    queryKey: [...scriptKey(webhookId), 'version', versionId] as const,
    queryFn: ({ signal }) =>
      apiFetch('GET /api/webhooks/{webhookId}/scripts/{versionId}', {
        path: { webhookId, versionId },
        signal,
      }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** The draft, asked again while there is one: it is being compared. */
export const scriptDraftQuery = (webhookId: string) =>
  queryOptions({
    queryKey: [...scriptKey(webhookId), 'draft'] as const,
    queryFn: ({ signal }) =>
      apiFetch('GET /api/webhooks/{webhookId}/scripts/draft', { path: { webhookId }, signal }),
    refetchInterval: ({ state }) => (state.data?.draft ? 5000 : false),
  });

/** Has what is shown of a webhook's scripts asked anew. */
export const noteScriptSaved = (client: QueryClient, webhookId: string) =>
  client.invalidateQueries({ queryKey: scriptKey(webhookId) });

/** Saves a former script again. */
export const restoreScript = (webhookId: string, versionId: string): Promise<Webhook> =>
  apiFetch('POST /api/webhooks/{webhookId}/scripts/{versionId}/restore', { path: { webhookId, versionId } });

export const saveScriptDraft = (webhookId: string, script: string): Promise<DraftAnswer> =>
  apiFetch('PUT /api/webhooks/{webhookId}/scripts/draft', { path: { webhookId }, body: { script } });

/** Makes the draft that was looked at the script that is applied. */
export const publishScriptDraft = (webhookId: string, id: string): Promise<Webhook> =>
  apiFetch('POST /api/webhooks/{webhookId}/scripts/draft/publish', { path: { webhookId }, body: { id } });

export const discardScriptDraft = (webhookId: string, id: string): Promise<void> =>
  apiFetch('DELETE /api/webhooks/{webhookId}/scripts/draft', { path: { webhookId }, query: { id } });
