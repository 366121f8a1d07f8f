import type { Delivery, DeliveryDetail, DeliveryFilter } from '@/lib/domain/delivery';
import { WebhookError } from '@/lib/domain/errors';
import { type Page, toPage } from '@/lib/domain/page';
import type { StatsPeriod } from '@/lib/domain/statisticsSchema';
import type { StatsRange } from '@/lib/domain/statsRange';
import { wakeDrain } from '@/lib/engine/drain';
import * as store from '@/lib/store/deliveryStore';
import { listStatistics, type StatsQuestion } from '@/lib/store/statisticsStore';

const refusals = {
  not_found: 'delivery_not_found',
  in_flight: 'delivery_in_flight',
  webhook_inactive: 'webhook_inactive',
} as const;

/** What administrators do with deliveries. Acts for the person behind the current request. */
export const deliveryService = {
  /** Deliveries of all webhooks, newest first. */
  async list(filter: DeliveryFilter & { cursor?: string; limit?: number }): Promise<Page<Delivery>> {
    const limit = filter.limit ?? 50;
    return toPage(await store.listDeliveries({ ...filter, limit: limit + 1 }), limit);
  },

  /** @throws WebhookError `delivery_not_found` */
  get(id: string): Promise<DeliveryDetail> {
    return store.getDelivery(id);
  },

  /** What happened in the range: of one webhook, or of all. */
  async stats(question: StatsQuestion): Promise<{ range: StatsRange; periods: StatsPeriod[] }> {
    return { range: question.range, periods: await listStatistics(question) };
  },

  /**
   * Sends a delivery again, under its own id: a waiting one at once, a final one with all its retries anew.
   * @throws WebhookError `delivery_not_found`, `delivery_in_flight`, `webhook_inactive`
   */
  async redeliver(id: string): Promise<DeliveryDetail> {
    const [redelivered] = await store.redeliver([id]);
    const result = redelivered?.result ?? 'not_found';
    if (result !== 'queued') throw new WebhookError(refusals[result]);
    wakeDrain();
    return store.getDelivery(id);
  },

  /** Sends several deliveries again; answers what became of each. */
  async redeliverMany(ids: string[]): Promise<store.Redelivered> {
    const redelivered = await store.redeliver(ids);
    wakeDrain();
    return redelivered;
  },

  /** Sends every failed delivery created in the range again; with `dry_run` only counts them. Tests are left out. */
  async replayFailed(range: Parameters<typeof store.replayFailed>[0]): Promise<{ count: number }> {
    const count = await store.replayFailed(range);
    if (!range.dry_run) wakeDrain();
    return { count };
  },
};
