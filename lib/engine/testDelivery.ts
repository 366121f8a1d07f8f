import { WebhookError } from '@/lib/domain/errors';
import { createTestDelivery, settleDeliveries } from '@/lib/store/queueStore';
import { attemptBatch } from './attemptBatch';
import { worker } from './worker';

/**
 * Creates a test delivery and attempts it at once, on the same path as a real one.
 * @returns the delivery's id
 * @throws WebhookError `webhook_not_found`
 */
export async function testDelivery(
  webhookId: string,
  event: { event_type: string; payload: unknown },
): Promise<string> {
  const batch = await createTestDelivery(webhookId, event, worker().life);
  const [item] = batch.items;
  if (!item) throw new WebhookError('webhook_not_found');
  const settled: Promise<unknown>[] = [];
  await attemptBatch(batch, (_id, result) => {
    if (result) settled.push(settleDeliveries([result]));
  });
  await Promise.all(settled);
  return item.id;
}
