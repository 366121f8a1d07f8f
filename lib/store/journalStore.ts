import { z } from 'zod';
import { WebhookError } from '@/lib/domain/errors';
import { type Job, jobSchema } from '@/lib/domain/job';
import {
  type JournalEvent,
  type JournalEventDetail,
  type JournalFilter,
  journalEventDetailSchema,
  journalEventSchema,
} from '@/lib/domain/journal';
import type { Page } from '@/lib/domain/page';
import {
  type BackfillCount,
  backfillCountSchema,
  type MissingRange,
  type Reconciliation,
  reconciliationSchema,
} from '@/lib/domain/reconciliation';
import { idFloor, readablePayload } from './deliveryStore';
import { readablePage } from './readableRows';
import { inSearchSlot } from './searchSlots';
import { sessionClient } from './sessionClient';
import { unwrap } from './storeError';

/*
 * Everything here runs as the person behind the request: row-level security answers only to administrators.
 */

/** Every event, newest first, by keyset: `cursor` is the last id of the page before. */
export async function listEvents(
  filter: JournalFilter & { cursor?: string | undefined; limit: number },
): Promise<Page<JournalEvent>> {
  const client = await sessionClient();
  const list = () =>
    client.rpc('list_webhook_events', {
      most: filter.limit + 1,
      before_id: filter.cursor ?? null,
      type: filter.type ?? null,
      since_id: filter.since ? idFloor(filter.since) : null,
      until_id: filter.until ? idFloor(filter.until) : null,
      record_id: filter.record_id ?? null,
      related_id: filter.related_id ?? null,
      unheard: filter.heard === false,
    });
  // A record is looked for, as in a search.
  const sought = filter.record_id ?? filter.related_id;
  const rows = unwrap(await (sought === undefined ? list() : inSearchSlot(list)));
  return readablePage(journalEventSchema, rows, 'webhook_events', filter.limit);
}

const storedDetailSchema = journalEventDetailSchema
  .omit({ payload: true })
  .extend({ payload_text: z.string() });

/** @throws WebhookError `event_not_found` */
export async function getEvent(id: string): Promise<JournalEventDetail> {
  const client = await sessionClient();
  const row = unwrap(await client.rpc('get_webhook_event', { event_id: id }));
  if (row === null) throw new WebhookError('event_not_found');
  const { payload_text, ...event } = storedDetailSchema.parse(row);
  return { ...event, payload: readablePayload(payload_text) };
}

/** @throws WebhookError `webhook_not_found`, `search_too_long` */
export async function reconcile(
  webhookId: string,
  { from, to = new Date().toISOString() }: { from: string; to?: string | undefined },
): Promise<Reconciliation> {
  const client = await sessionClient();
  const response = await inSearchSlot(() =>
    client.rpc('webhook_reconciliation', { webhook_id: webhookId, since: from, until: to }),
  );
  return reconciliationSchema.parse(unwrap(response));
}

const argumentsOf = (webhookId: string, { since, until, types }: MissingRange) => ({
  webhook_id: webhookId,
  since,
  until: until ?? null,
  types: types ?? null,
});

/** @throws WebhookError `webhook_not_found`, `search_too_long` */
export async function countMissing(webhookId: string, range: MissingRange): Promise<{ count: number }> {
  const client = await sessionClient();
  const response = await inSearchSlot(() =>
    client.rpc('send_missing_webhook_events', { ...argumentsOf(webhookId, range), dry_run: true }),
  );
  return z.object({ count: z.number() }).parse(unwrap(response));
}

/** @throws WebhookError `webhook_not_found`, `webhook_inactive` */
export async function sendMissing(webhookId: string, range: MissingRange): Promise<Job> {
  const client = await sessionClient();
  return jobSchema.parse(
    unwrap(await client.rpc('send_missing_webhook_events', argumentsOf(webhookId, range))),
  );
}

/** @throws WebhookError `webhook_not_found`, `source_unknown`, `not_subscribed` */
export async function countBackfill(webhookId: string, kind: string): Promise<BackfillCount> {
  const client = await sessionClient();
  const response = await client.rpc('backfill_webhook', { webhook_id: webhookId, kind, dry_run: true });
  return backfillCountSchema.parse(unwrap(response));
}

/** @throws WebhookError `webhook_not_found`, `source_unknown`, `not_subscribed`, `webhook_inactive` */
export async function backfill(webhookId: string, kind: string): Promise<Job> {
  const client = await sessionClient();
  return jobSchema.parse(unwrap(await client.rpc('backfill_webhook', { webhook_id: webhookId, kind })));
}
