import type { TransformResult } from '@/lib/domain/transform';
import { runTransforms } from '@/lib/sandbox/transformSandbox';
import type { ClaimedBatch, ClaimedItem, ClaimedWebhook, SettledResult } from '@/lib/store/queueStore';
import { attemptDelivery } from './attempt';

/** Payloads of one webhook that share one run of the sandbox. */
const transformChunk = 50;
/** Milliseconds of lease that must be left after the request's own timeout, to write the result. */
const settleMargin = 5000;

/**
 * Attempts every delivery of a claimed batch, each on its own: `onResult` is called as soon as one is known.
 * Resolves when all are done. `onResult(id, null)` says that nothing was sent, because too little of the lease
 * was left: the delivery falls to a later claim.
 */
export async function attemptBatch(
  batch: ClaimedBatch,
  onResult: (id: string, result: SettledResult | null) => void,
): Promise<void> {
  const claimedAt = performance.now();

  const attempt = async (item: ClaimedItem, webhook: ClaimedWebhook, transformed: TransformResult | null) => {
    const leaseLeft = item.lease_ms - (performance.now() - claimedAt);
    if (leaseLeft < webhook.timeout_ms + settleMargin) return onResult(item.id, null);
    const event = batch.events[item.event_id];
    onResult(item.id, await attemptDelivery(item, event, webhook, transformed).catch(reportDefect));
  };

  const attemptTransformed = async (items: ClaimedItem[], webhook: ClaimedWebhook, script: string) => {
    const inputs = items.map((item) => {
      const event = batch.events[item.event_id];
      return {
        payload: JSON.stringify(event?.payload ?? null),
        eventType: event?.event_type ?? '',
        timestamp: new Date(event?.occurred_at ?? 0).toISOString(),
      };
    });
    const job = { key: items[0]?.webhook_id ?? '', script, inputs };
    const results = (await runTransforms(job).catch(reportDefect)) ?? [];
    await Promise.all(
      items.map((item, index) => {
        const result = results[index];
        // Without a result nothing may go out: never the payload as it was.
        return result ? attempt(item, webhook, result) : onResult(item.id, null);
      }),
    );
  };

  const work: Promise<void>[] = [];
  for (const [webhookId, items] of groupByWebhook(batch.items)) {
    const webhook = batch.webhooks[webhookId];
    if (!webhook) {
      for (const item of items) onResult(item.id, null);
    } else if (webhook.transform_script === null) {
      work.push(...items.map((item) => attempt(item, webhook, null)));
    } else {
      for (let from = 0; from < items.length; from += transformChunk) {
        work.push(
          attemptTransformed(items.slice(from, from + transformChunk), webhook, webhook.transform_script),
        );
      }
    }
  }
  await Promise.all(work);
}

/** The sandbox does not start, or a defect of ours: nothing was sent, and the delivery is not lost. */
function reportDefect(error: unknown): null {
  console.error('webhook deliveries could not be attempted; they will be claimed again', error);
  return null;
}

function groupByWebhook(items: ClaimedItem[]): Map<string, ClaimedItem[]> {
  const groups = new Map<string, ClaimedItem[]>();
  for (const item of items) {
    const group = groups.get(item.webhook_id);
    if (group) group.push(item);
    else groups.set(item.webhook_id, [item]);
  }
  return groups;
}
