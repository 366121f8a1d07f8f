import { WebhookError } from '@/lib/domain/errors';
import { drainFigures } from '@/lib/engine/drain';
import { queueFigures } from '@/lib/store/upkeepStore';
import { renderMetrics } from '@/lib/telemetry/metrics';

/**
 * The metrics of this process and the state of the queue, in the text format of Prometheus. Without the database
 * the metrics of the process are still answered.
 * @throws WebhookError `not_found` when metrics are off
 */
export async function scrape(): Promise<Response> {
  const queue = await queueFigures().catch((error: unknown) => {
    console.error('the figures of the queue could not be read', error);
    return null;
  });
  const metrics = await renderMetrics({ ...drainFigures(), queue });
  if (!metrics) throw new WebhookError('not_found');
  return new Response(metrics.text, {
    headers: { 'content-type': metrics.contentType, 'cache-control': 'no-store' },
  });
}
