import { z } from 'zod';
import {
  type ListenedRequest,
  type Listener,
  type ListenerInput,
  listenedRequestSchema,
  listenerSchema,
} from '@/lib/domain/listener';
import { sessionClient } from './sessionClient';
import { unwrap } from './storeError';

/** Makes an inbox and a webhook that sends to it. @throws WebhookError `unknown_event` */
export async function startListener({ name, events }: ListenerInput, origin: string): Promise<Listener> {
  const client = await sessionClient();
  return listenerSchema.parse(unwrap(await client.rpc('start_webhook_listener', { name, origin, events })));
}

/**
 * What a listener received since then and shortly before, oldest first, 100 at most.
 * @throws WebhookError `inbox_not_found`; `webhook_not_found`: somebody deleted its webhook
 */
export async function listenedRequests(inboxId: string, since: string | null): Promise<ListenedRequest[]> {
  const client = await sessionClient();
  const response = await client.rpc('webhook_listener_requests', { inbox_id: inboxId, since });
  return z.array(listenedRequestSchema).parse(unwrap(response));
}
