import { WebhookError } from '@/lib/domain/errors';
import { drainFigures } from '@/lib/engine/processDrain';
import { renderMetrics } from '@/lib/telemetry/metrics';
import { health } from './healthService';

/**
 * The metrics of this process and the state of the queue, in the text format of Prometheus. Without the database
 * the metrics of the process are still answered.
 * @throws WebhookError `not_found` when metrics are off
 */
export async function scrape(): Promise<Response> {
  const { report, queue } = await health();
  const metrics = await renderMetrics({ drain: drainFigures(), queue, report });
  if (!metrics) throw new WebhookError('not_found');
  return new Response(metrics.text, {
    headers: { 'content-type': metrics.contentType, 'cache-control': 'no-store' },
  });
}
