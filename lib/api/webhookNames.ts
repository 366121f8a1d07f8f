import { queryOptions } from '@tanstack/react-query';
import { mostNames, type WebhookNames } from '@/lib/domain/webhookNames';
import { apiFetch } from './apiFetch';
import { webhookKeys } from './webhooks';

/** A webhook's name; null when it is deleted. Many that are asked for at once make one request. */
export const webhookNameQuery = (id: string) =>
  queryOptions({
    queryKey: [...webhookKeys.all, 'name', id],
    queryFn: () => nameOf(id),
    staleTime: 60_000,
  });

type Batch = { ids: Set<string>; names: Promise<WebhookNames> };
let open: Batch | undefined;

async function nameOf(id: string): Promise<string | null> {
  if (!open || open.ids.size >= mostNames) {
    const ids = new Set<string>();
    open = { ids, names: Promise.resolve().then(() => fetchNames(ids)) };
  }
  open.ids.add(id);
  return (await open.names)[id] ?? null;
}

function fetchNames(ids: Set<string>): Promise<WebhookNames> {
  if (open?.ids === ids) open = undefined;
  return apiFetch('GET /api/webhooks/names', { query: { ids: [...ids].join(',') } });
}
