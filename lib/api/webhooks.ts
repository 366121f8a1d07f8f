import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type { Condition } from '@/lib/domain/conditions';
import type { DeliveryDetail } from '@/lib/domain/delivery';
import type { StatsRange } from '@/lib/domain/statsRange';
import type { ProbeResult, Webhook, WebhookInput, WebhookPatch, WebhookSecrets } from '@/lib/domain/webhook';
import type { WebhookListChoice } from '@/lib/domain/webhookList';
import { apiFetch } from './apiFetch';
import { timeZone } from './statistics';

const pageSize = 50;

/** Keys of everything cached about webhooks; invalidate `all` after a change. */
export const webhookKeys = {
  all: ['webhooks'] as const,
  list: (choice: WebhookListChoice) => ['webhooks', 'list', choice] as const,
  one: (id: string) => ['webhooks', 'one', id] as const,
  stats: (id: string, range: StatsRange) => ['webhooks', 'stats', id, range] as const,
};

/** The webhooks that are chosen, a page at a time; asked again every 15 s while in view. */
export const webhookListQuery = (choice: WebhookListChoice) =>
  infiniteQueryOptions({
    queryKey: webhookKeys.list(choice),
    queryFn: ({ pageParam, signal }) =>
      apiFetch('GET /api/webhooks', { query: { ...choice, cursor: pageParam, limit: pageSize }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: 15_000,
  });

/** One webhook, without its secrets; asked again every 10 s, quicker while its receiver is being spared. */
export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: webhookKeys.one(id),
    queryFn: ({ signal }) => apiFetch('GET /api/webhooks/{webhookId}', { path: { webhookId: id }, signal }),
    refetchInterval: ({ state }) => (isSpared(state.data?.health) ? 2000 : 10_000),
  });

const isSpared = (health: Webhook['health'] | undefined) =>
  Boolean(health?.paused_until ?? health?.held_until);

/** What happened to one webhook's deliveries over time, and what is about to be tried again. */
export const webhookStatsQuery = (id: string, range: StatsRange) =>
  queryOptions({
    queryKey: webhookKeys.stats(id, range),
    queryFn: ({ signal }) =>
      apiFetch('GET /api/webhooks/{webhookId}/stats', {
        path: { webhookId: id },
        query: { range, time_zone: timeZone() },
        signal,
      }),
    refetchInterval: 10_000,
  });

/** What conditions would have let through of the last events of these types, and the fields that these have. */
export const conditionPreviewQuery = (input: { conditions: Condition[]; events: string[] }) =>
  queryOptions({
    queryKey: ['conditionPreview', input] as const,
    queryFn: ({ signal }) => apiFetch('POST /api/webhooks/conditions/preview', { body: input, signal }),
  });

/** Creates a webhook. */
export function createWebhook(input: WebhookInput): Promise<Webhook> {
  return apiFetch('POST /api/webhooks', { body: input });
}

/**
 * Changes the given settings; `waiting` says what becomes of waiting deliveries on re-activation.
 * @param version that the webhook must have for it, else `changed_meanwhile` is thrown
 */
export function updateWebhook(
  id: string,
  patch: WebhookPatch & { waiting?: 'send' | 'cancel' },
  version?: string,
): Promise<Webhook> {
  const ifMatch = version && `"${version}"`;
  return apiFetch('PATCH /api/webhooks/{webhookId}', { path: { webhookId: id }, body: patch, ifMatch });
}

/** Removes a webhook and gives up its waiting deliveries. */
export function deleteWebhook(id: string): Promise<void> {
  return apiFetch('DELETE /api/webhooks/{webhookId}', { path: { webhookId: id } });
}

/** A webhook's own timeout is 30 s at most. */
const aTest = 60_000;

/** Sends a test delivery with the sample of `eventType` (`webhook.test`: the plain message) and waits for its outcome. */
export function testWebhook(id: string, eventType: string): Promise<DeliveryDetail> {
  const body = { event_type: eventType };
  return apiFetch('POST /api/webhooks/{webhookId}/test', {
    path: { webhookId: id },
    body,
    patienceMs: aTest,
  });
}

/** Reads both secrets; the server writes down who looked. */
export function revealSecrets(id: string): Promise<WebhookSecrets> {
  return apiFetch('GET /api/webhooks/{webhookId}/secrets', { path: { webhookId: id } });
}

/** Replaces one secret. The former signing secret goes on signing for 24 hours; the former secret key stops at once. */
export function rotateSecret(id: string, secret: 'signing_secret' | 'secret_key'): Promise<WebhookSecrets> {
  return apiFetch('POST /api/webhooks/{webhookId}/secrets/rotate', {
    path: { webhookId: id },
    body: { secret },
  });
}

/** Asks the server whether it can open a connection to `url`. */
export function probeUrl(url: string): Promise<ProbeResult> {
  return apiFetch('POST /api/webhooks/probe', { body: { url } });
}
