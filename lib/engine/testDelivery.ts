import { WebhookError } from '@/lib/domain/errors';
import { createTestDelivery, type SettledResult, settleDeliveries } from '@/lib/store/queueStore';
import { isLockTimeout } from '@/lib/store/storeError';
import { createAttempt } from './attempt';
import { monotonicClock } from './clock';
import { handIn, wakeDrain } from './processDrain';
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
  const pending = pendingOf(batch, item, askedAt);
  const { result } = await createAttempt()(pending);
  if (!(await isWritten(result))) handIn({ result, webhookId, leaseEndsAt: pending.leaseEndsAt });
  if (result.status === 'released') wakeDrain();
  return item.id;
}

/** False when somebody has the delivery, or something of its webhook, locked. */
async function isWritten(result: SettledResult): Promise<boolean> {
  try {
    return (await settleDeliveries([result])).busy.length === 0;
  } catch (error) {
    if (isLockTimeout(error)) return false;
    throw error;
  }
}
