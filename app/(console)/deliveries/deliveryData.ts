import type { QueryClient } from '@tanstack/react-query';
import { headers } from 'next/headers';
import {
  deliveryAddressOf,
  readDeliveryParams,
  toDeliveryFilter,
} from '@/components/deliveries/list/deliveryParams';
import { deliveryFeedQuery, deliveryQuery } from '@/lib/api/deliveries';
import { applyPage, emptyFeed } from '@/lib/api/deliveryFeed';
import { jobsQuery } from '@/lib/api/jobs';
import { webhookNameQuery } from '@/lib/api/webhookNames';
import { deliveryService } from '@/lib/services/deliveryService';
import { jobService } from '@/lib/services/jobService';
import { webhookService } from '@/lib/services/webhookService';

/**
 * The newest deliveries that the address asks for. A search in payloads, and a period that begins when it was chosen, are the
 * browser's to ask for.
 * @param webhookId whose list it is; all webhooks' without
 */
export async function fillDeliveries(client: QueryClient, webhookId?: string): Promise<void> {
  const path = new URL((await headers()).get('x-path') ?? '/', 'http://here.invalid');
  const params = readDeliveryParams(deliveryAddressOf(path.searchParams));
  if (params.q || params.recordId || (params.period !== 'all' && params.period !== 'custom')) return;
  const filter = toDeliveryFilter({ ...params, webhookId: webhookId ?? params.webhookId }, undefined);
  const page = await deliveryService.list(filter);
  client.setQueryData(deliveryFeedQuery(filter).queryKey, applyPage(emptyFeed, null, page));
  if (webhookId) return;
  const names = await webhookService.names([...new Set(page.items.map((row) => row.webhook_id))]);
  for (const [id, name] of Object.entries(names)) client.setQueryData(webhookNameQuery(id).queryKey, name);
}

export const fillJobs = async (client: QueryClient) =>
  client.setQueryData(jobsQuery.queryKey, await jobService.list());

/** The delivery that the address opens over the list. One that there is not is said in its sheet, and the list stays. */
export async function fillDelivery(client: QueryClient, deliveryId: string): Promise<void> {
  const delivery = await deliveryService.get(deliveryId).catch(() => null);
  if (delivery) client.setQueryData(deliveryQuery(deliveryId).queryKey, delivery);
}
