import type {
  Delivery,
  DeliveryDetail,
  DeliveryFilter,
  Redelivered,
  ReplayRange,
} from '@/lib/domain/delivery';
import { WebhookError } from '@/lib/domain/errors';
import type { Job } from '@/lib/domain/job';
import type { Page } from '@/lib/domain/page';
import type { Statistics } from '@/lib/domain/statisticsSchema';
import { wakeJobs } from '@/lib/engine/jobs';
import { wakeDrain } from '@/lib/engine/processDrain';
import * as store from '@/lib/store/deliveryStore';
import { countFailed, replayFailed } from '@/lib/store/jobStore';
import { listStatistics, type StatsQuestion } from '@/lib/store/statisticsStore';
import { webhookNames } from '@/lib/store/webhookStore';

const refusals = {
  not_found: 'delivery_not_found',
  in_flight: 'delivery_in_flight',
  webhook_inactive: 'webhook_inactive',
  erased: 'record_erased',
} as const;

const cancelRefusals = {
  not_found: 'delivery_not_found',
  in_flight: 'delivery_in_flight',
  not_waiting: 'delivery_not_waiting',
} as const;

/** What administrators do with deliveries. Acts for the person behind the current request. */
export const deliveryService = {
  get: store.getDelivery,
  cancelMany: store.cancel,
  countFailed,

  /** Deliveries of all webhooks, newest first. */
  list(filter: DeliveryFilter & { cursor?: string; limit?: number }): Promise<Page<Delivery>> {
    return store.listDeliveries({ limit: 50, ...filter });
  },

  /** The same with the names of the webhooks; null: deleted. */
  async listNamed(filter: DeliveryFilter & { cursor?: string | undefined; limit: number }) {
    const { items, next_cursor } = await store.listDeliveries(filter);
    const names = await webhookNames([...new Set(items.map((row) => row.webhook_id))]);
    return {
      items: items.map((row) => ({ ...row, webhook_name: names[row.webhook_id] ?? null })),
      next_cursor,
    };
  },

  /** What happened in the range: of one webhook, or of all. */
  async stats(question: StatsQuestion): Promise<Statistics> {
    return { range: question.range, periods: await listStatistics(question) };
  },

  /**
   * Sends a delivery again, under its own id: a waiting one at once, a final one with all its retries anew.
   * @throws WebhookError `delivery_not_found`, `delivery_in_flight`, `webhook_inactive`, `record_erased`
   */
  async redeliver(id: string): Promise<DeliveryDetail> {
    const [redelivered] = await store.redeliver([id]);
    const result = redelivered?.result ?? 'not_found';
    if (result !== 'queued') throw new WebhookError(refusals[result]);
    wakeDrain();
    return store.getDelivery(id);
  },

  /** Sends several deliveries again; answers what became of each. */
  async redeliverMany(ids: string[]): Promise<Redelivered> {
    const redelivered = await store.redeliver(ids);
    wakeDrain();
    return redelivered;
  },

  /**
   * Takes a waiting delivery out of the queue.
   * @throws WebhookError `delivery_not_found`, `delivery_in_flight`, `delivery_not_waiting`
   */
  async cancel(id: string): Promise<DeliveryDetail> {
    const [cancelled] = await store.cancel([id]);
    const result = cancelled?.result ?? 'not_found';
    if (result !== 'cancelled') throw new WebhookError(cancelRefusals[result]);
    wakeDrain(); // what stood behind it
    return store.getDelivery(id);
  },

  /**
   * Goes on with a record without the delivery that failed, of a webhook that waits for a person then (`order_waits`).
   * @throws WebhookError `delivery_not_found`, `delivery_not_waited_for`
   */
  async passOver(id: string): Promise<DeliveryDetail> {
    const passed = await store.passOver(id);
    const delivery = await store.getDelivery(id); // as it is afterwards
    if (!passed) throw new WebhookError('delivery_not_waited_for');
    wakeDrain();
    return delivery;
  },

  /**
   * Sends every failed delivery of the range again, in the background. Tests and cancelled ones are left out.
   * @throws WebhookError `webhook_not_found`
   */
  async replayFailed(range: ReplayRange): Promise<Job> {
    const job = await replayFailed(range);
    wakeJobs();
    wakeDrain();
    return job;
  },
};
