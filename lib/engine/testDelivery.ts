import { WebhookError } from '@/lib/domain/errors';
import { createTestDelivery, settleDeliveries } from '@/lib/store/queueStore';
import { createAttempt } from './attempt';
import { monotonicClock } from './clock';
import { wakeDrain } from './drain';
import { pendingOf } from './states';
import { worker } from './worker';

/**
 * Creates a test delivery and attempts it at once, on the same path as a real one. When nothing could be sent, for a
 * lack of our own, the drain tries soon.
 * @returns the delivery's id
 * @throws WebhookError `webhook_not_found`
 */
export async function testDelivery(
  webhookId: string,
  event: { event_type: string; payload: unknown },
): Promise<string> {
  const askedAt = monotonicClock.now();
  const batch = await createTestDelivery(webhookId, event, worker().life);
  const [item] = batch.items;
  if (!item) throw new WebhookError('webhook_not_found');
  const { result } = await createAttempt()(pendingOf(batch, item, askedAt));
  await settleDeliveries([result]);
  if (result.status === 'released') wakeDrain();
  return item.id;
}
