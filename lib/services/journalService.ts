import type { Job } from '@/lib/domain/job';
import type { JournalEvent, JournalFilter } from '@/lib/domain/journal';
import type { Page } from '@/lib/domain/page';
import type { ManifestItem, ManifestRange, MissingRange } from '@/lib/domain/reconciliation';
import { wakeJobs } from '@/lib/engine/jobs';
import * as store from '@/lib/store/journalStore';
import { listManifest } from '@/lib/store/manifestStore';

/** What happened, whoever listened, and what webhooks had of it. Acts for the person behind the current request. */
export const journalService = {
  /** @throws WebhookError `event_not_found` */
  get: store.getEvent,
  /** Per event type, what became of what happened, at one webhook. @throws WebhookError `webhook_not_found`, `search_too_long` */
  reconcile: store.reconcile,
  /** How many events `sendMissing` would send. @throws WebhookError `webhook_not_found`, `search_too_long` */
  countMissing: store.countMissing,
  /** Of how many rows `backfill` would tell. @throws as `backfill`, but for `webhook_inactive` */
  countBackfill: store.countBackfill,

  /** Every event, newest first. */
  list(filter: JournalFilter & { cursor?: string; limit?: number } = {}): Promise<Page<JournalEvent>> {
    return store.listEvents({ limit: 50, ...filter });
  },

  /** What a webhook's receiver took, newest first, with the SHA-256 of each body. @throws WebhookError `webhook_not_found` */
  manifest(
    webhookId: string,
    filter: ManifestRange & { cursor?: string; limit?: number } = {},
  ): Promise<Page<ManifestItem>> {
    return listManifest(webhookId, { limit: 50, ...filter });
  },

  /**
   * Sends the events that match the webhook as it is now and of which it has no delivery, in the background and behind what is live.
   * @throws WebhookError `webhook_not_found`, `webhook_inactive`
   */
  async sendMissing(webhookId: string, range: MissingRange): Promise<Job> {
    const job = await store.sendMissing(webhookId, range);
    wakeJobs();
    return job;
  },

  /**
   * Tells the webhook alone of every row of an attached table, in the background and behind what is live.
   * @throws WebhookError `webhook_not_found`, `source_unknown`, `not_subscribed`, `webhook_inactive`
   */
  async backfill(webhookId: string, kind: string): Promise<Job> {
    const job = await store.backfill(webhookId, kind);
    wakeJobs();
    return job;
  },
};
