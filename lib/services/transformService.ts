import { WebhookError } from '@/lib/domain/errors';
import type { TransformPreview } from '@/lib/domain/transformPreview';
import { runTransforms } from '@/lib/sandbox/transformSandbox';
import { getDelivery } from '@/lib/store/deliveryStore';
import { getEvent } from '@/lib/store/journalStore';

type PreviewSource = { payload: unknown; eventType: string } | { deliveryId: string } | { eventId: string };

/**
 * Runs a script once, as a delivery would, and sends nothing. A failing script is an answer, not an error.
 * @param userId who asks: a script that keeps killing its process is paused for that person
 * @throws WebhookError `delivery_not_found` when the delivery or its event is gone; `event_not_found`
 */
export async function previewTransform(
  script: string,
  source: PreviewSource,
  userId: string,
): Promise<TransformPreview> {
  const input = await inputOf(source);
  const [result] = await runTransforms({
    key: `preview:${userId}`,
    script,
    inputs: [input],
    isolated: true,
  });
  if (!result) throw new Error('the sandbox answered nothing');
  const shared = { console: result.console, duration_ms: result.durationMs };
  if (result.ok && result.dropped) return { ok: true, dropped: true, output: null, ...shared };
  if (result.ok) return { ok: true, output: JSON.parse(result.json), ...shared };
  const { kind, message, line, column } = result;
  return { ok: false, error: { kind, message, line, column }, ...shared };
}

async function inputOf(source: PreviewSource) {
  if ('deliveryId' in source) {
    const delivery = await getDelivery(source.deliveryId);
    if (!delivery.event) throw new WebhookError('delivery_not_found');
    return {
      payload: JSON.stringify(delivery.event.payload),
      eventType: delivery.event_type,
      timestamp: new Date(delivery.event.occurred_at).toISOString(),
    };
  }
  if ('eventId' in source) {
    const event = await getEvent(source.eventId);
    return {
      payload: JSON.stringify(event.payload),
      eventType: event.event_type,
      timestamp: new Date(event.occurred_at).toISOString(),
    };
  }
  return {
    payload: JSON.stringify(source.payload),
    eventType: source.eventType,
    timestamp: new Date().toISOString(),
  };
}
