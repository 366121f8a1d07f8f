import type { TransformInput, TransformResult } from '@/lib/domain/transform';
import type {
  ClaimedBatch,
  ClaimedEvent,
  ClaimedItem,
  ClaimedWebhook,
  SettledResult,
} from '@/lib/store/queueStore';
import { attemptDelivery } from './attempt';
import { payloadText } from './payloadText';
import { transform } from './transformLine';

/** Milliseconds of lease that must be left after the request's own timeout, to write the result. */
const settleMargin = 5000;

/**
 * Attempts every delivery of a claimed batch, each on its own: `onResult` is called as soon as one is known.
 * Resolves when all are done. `onResult(item, null)` says that nothing was sent, because too little of the lease
 * was left or the sandbox does not start: the delivery falls to a later claim.
 */
export async function attemptBatch(
  batch: ClaimedBatch,
  onResult: (item: ClaimedItem, result: SettledResult | null) => void,
): Promise<void> {
  const claimedAt = performance.now();

  /** When it is too late to send. */
  const deadlineOf = (item: ClaimedItem, webhook: ClaimedWebhook) =>
    claimedAt + item.lease_ms - webhook.timeout_ms - settleMargin;

  const attempt = async (item: ClaimedItem, webhook: ClaimedWebhook, transformed: TransformResult | null) => {
    if (performance.now() > deadlineOf(item, webhook)) return onResult(item, null);
    const event = batch.events[item.event_id];
    onResult(item, await attemptDelivery(item, event, webhook, transformed).catch(reportDefect));
  };

  const attemptItem = async (item: ClaimedItem) => {
    const webhook = batch.webhooks[item.webhook_id];
    if (!webhook) return onResult(item, null);
    if (webhook.transform_script === null) return attempt(item, webhook, null);
    const input = inputOf(batch.events[item.event_id]);
    const deadline = deadlineOf(item, webhook);
    const transformed = await transform(item.webhook_id, webhook.transform_script, input, deadline);
    return transformed ? attempt(item, webhook, transformed) : onResult(item, null);
  };

  await Promise.all(batch.items.map(attemptItem));
}

function inputOf(event: ClaimedEvent | undefined): TransformInput {
  return {
    payload: event ? payloadText(event) : 'null',
    eventType: event?.event_type ?? '',
    timestamp: new Date(event?.occurred_at ?? 0).toISOString(),
  };
}

/** A defect of ours: nothing was sent, and the delivery is not lost. */
function reportDefect(error: unknown): null {
  console.error('a webhook delivery could not be attempted; it will be claimed again', error);
  return null;
}
