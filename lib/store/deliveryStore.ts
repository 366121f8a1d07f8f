import { z } from 'zod';
import {
  type Attempt,
  attemptSchema,
  type Cancelled,
  cancelledSchema,
  type Delivery,
  type DeliveryDetail,
  type DeliveryFilter,
  deliverySchema,
  type Redelivered,
  redeliveredSchema,
} from '@/lib/domain/delivery';
import { isFinal } from '@/lib/domain/deliveryStatus';
import { buildBody } from '@/lib/domain/envelope';
import { WebhookError } from '@/lib/domain/errors';
import { eventOrigins } from '@/lib/domain/eventOrigin';
import { isoTime } from '@/lib/domain/isoTime';
import { canonicalJson, jsonDepth } from '@/lib/domain/jsonText';
import type { Page } from '@/lib/domain/page';
import { headersAsSent } from '@/lib/domain/signature';
import { statusCodeRange } from '@/lib/domain/statusCode';
import { bodyFormats } from '@/lib/domain/webhook';
import { readablePage } from './readableRows';
import { inSearchSlot } from './searchSlots';
import { sessionClient } from './sessionClient';
import { columnsOf } from './storeClient';
import { unwrap } from './storeError';
import { healthOf } from './webhookStore';

/*
 * Everything here runs as the person behind the request: row-level security answers only to administrators.
 */

// payload_text is left out on purpose: the view computes it only where asked for.
const deliveryColumns = columnsOf('webhook_deliveries', deliverySchema);
/** With the payload as it was stored: what parses it may change its numbers. Null when it was removed with age. */
const storedDeliverySchema = deliverySchema.extend({ payload_text: z.string().nullable() });
const storedDeliveryColumns = columnsOf('webhook_deliveries', storedDeliverySchema);
/** As stored: without the headers that the rest tells, and without the body when it was the event's own payload. */
const storedAttemptSchema = attemptSchema.extend({ request_format: z.enum(bodyFormats).nullable() });
const storedAttemptColumns = columnsOf('webhook_attempts', storedAttemptSchema);

/** Deliveries of all webhooks, newest first, by keyset: `cursor` is the last id of the page before. */
export async function listDeliveries(
  filter: DeliveryFilter & { cursor?: string | undefined; limit: number },
): Promise<Page<Delivery>> {
  const words = filter.q?.split(/\s+/).filter(Boolean) ?? [];
  if (words.length > 0 || filter.record_id) return searchDeliveries(words, filter);
  const client = await sessionClient();
  let query = client
    .from('webhook_deliveries')
    .select(deliveryColumns)
    .order('id', { ascending: false })
    .limit(filter.limit + 1);
  if (filter.cursor) query = query.lt('id', filter.cursor);
  if (filter.webhook_id) query = query.eq('webhook_id', filter.webhook_id);
  if (filter.status) query = query.in('status', filter.status);
  // Postgres does not see from the status that none of them is in the queue, and would read all of a long one.
  if (filter.status?.every(isFinal)) query = query.not('finished_at', 'is', null);
  if (filter.event_type) query = query.eq('event_type', filter.event_type);
  // Said, so that the index of what did not simply succeed serves: a code is no proof of it to Postgres.
  if (filter.status_code || filter.error_kind) query = query.not('last_error_kind', 'is', null);
  if (filter.error_kind) query = query.in('last_error_kind', filter.error_kind);
  if (filter.status_code) {
    const { from, below } = statusCodeRange(filter.status_code);
    query = query.gte('last_status_code', from).lt('last_status_code', below);
  }
  // The id carries the time of creation, so that both bounds prune partitions.
  if (filter.from) query = query.gte('id', idFloor(filter.from));
  if (filter.to) query = query.lt('id', idFloor(filter.to));
  return readablePage(deliverySchema, unwrap(await query), 'webhook_deliveries', filter.limit);
}

/**
 * What has all these words, and is of that record. Words travel as values, not as a filter.
 * @throws WebhookError `search_too_long`, `too_many_requests`
 */
async function searchDeliveries(
  words: string[],
  filter: DeliveryFilter & { cursor?: string | undefined; limit: number },
): Promise<Page<Delivery>> {
  const client = await sessionClient();
  const codes = filter.status_code ? statusCodeRange(filter.status_code) : null;
  const response = await inSearchSlot(() =>
    client.rpc('search_webhook_deliveries', {
      words,
      most: filter.limit + 1,
      before_id: filter.cursor ?? null,
      target: filter.webhook_id ?? null,
      statuses: filter.status ?? null,
      type: filter.event_type ?? null,
      since_id: filter.from ? idFloor(filter.from) : null,
      until_id: filter.to ? idFloor(filter.to) : null,
      record_id: filter.record_id ?? null,
      kinds: filter.error_kind ?? null,
      code_from: codes?.from ?? null,
      code_below: codes?.below ?? null,
    }),
  );
  return readablePage(deliverySchema, unwrap(response), 'webhook_deliveries', filter.limit);
}

/**
 * The smallest UUID version 7 of a moment (RFC 9562, section 5.7); twin of the SQL `webhook_uuid_v7_floor`. Such ids
 * count from 1970: no delivery is older, so that what came before begins there.
 */
export function idFloor(iso: string): string {
  const hex = Math.max(0, new Date(iso).getTime()).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-0000-000000000000`;
}

/**
 * One delivery with its webhook, its event and every attempt.
 * @throws WebhookError `delivery_not_found`
 */
export async function getDelivery(id: string): Promise<DeliveryDetail> {
  const client = await sessionClient();
  const [deliveryRow, attemptRows] = await Promise.all([
    client.from('webhook_deliveries').select(storedDeliveryColumns).eq('id', id).maybeSingle(),
    client.from('webhook_attempts').select(storedAttemptColumns).eq('delivery_id', id).order('attempt'),
  ]);
  const row = unwrap(deliveryRow);
  if (row === null) throw new WebhookError('delivery_not_found');
  const { payload_text, ...delivery } = storedDeliverySchema.parse(row);
  const [webhookRow, health, eventRow, stoppedRow] = await Promise.all([
    client
      .from('webhooks')
      .select('id, name, status')
      .is('deleted_at', null)
      .eq('id', delivery.webhook_id)
      .maybeSingle(),
    healthOf(client, delivery.webhook_id),
    client
      .from('webhook_events')
      .select('occurred_at, erased_at, sequence, origin, origin_webhook')
      .eq('id', delivery.event_id)
      .maybeSingle(),
    client.from('webhook_stopped_records').select('delivery_id').eq('delivery_id', id).maybeSingle(),
  ]);
  const webhook = unwrap(webhookRow);
  const stored = storedEventSchema.nullable().parse(unwrap(eventRow));
  const event = stored === null || payload_text === null ? null : { payload_text, ...stored };
  const attempts = z.array(storedAttemptSchema).parse(unwrap(attemptRows));
  return {
    ...delivery,
    webhook: webhook && { ...webhook, health },
    stops_record: unwrap(stoppedRow) !== null,
    event: event && stored && { payload: readablePayload(event.payload_text), ...stored },
    attempts: attempts.map((attempt) => asSent(attempt, delivery, event)),
  };
}

const storedEventSchema = z.object({
  occurred_at: isoTime,
  erased_at: isoTime.nullable(),
  sequence: z.number().nullable(),
  origin: z.enum(eventOrigins).nullable(),
  origin_webhook: z.string().nullable(),
});
type EventRow = z.infer<typeof storedEventSchema> & { payload_text: string };

/** Nesting that is refused since, and that what shows a payload need not take: such a one is shown as text. */
const deepestShown = 200;

export const readablePayload = (text: string): unknown =>
  jsonDepth(text) > deepestShown ? text : JSON.parse(text);

/** The request in full, from what is stored of it. */
function asSent(
  { request_format, ...attempt }: z.infer<typeof storedAttemptSchema>,
  { id, event_type }: Delivery,
  event: EventRow | null,
): Attempt {
  const request_headers =
    attempt.request_headers &&
    headersAsSent(attempt.request_headers, {
      deliveryId: id,
      eventType: event_type,
      sequence: event?.sequence ?? null,
      origin: event?.origin === 'backfill' ? event.origin : null,
      timestampSeconds: Math.floor(Date.parse(attempt.started_at) / 1000),
    });
  if (!request_format || !event) return { ...attempt, request_headers };
  const request_body = buildBody({
    format: request_format,
    eventType: event_type,
    payload: canonicalJson(event.payload_text),
    occurredAt: new Date(event.occurred_at),
  });
  return { ...attempt, request_headers, request_body };
}

/** Makes deliveries due now, under the same ids. */
export async function redeliver(ids: string[]): Promise<Redelivered> {
  const client = await sessionClient();
  return redeliveredSchema.parse(
    unwrap(await client.rpc('redeliver_webhook_deliveries', { delivery_ids: ids })),
  );
}

/** Takes waiting deliveries out of the queue, at most 1,000. */
export async function cancel(ids: string[]): Promise<Cancelled> {
  const client = await sessionClient();
  return cancelledSchema.parse(unwrap(await client.rpc('cancel_webhook_deliveries', { delivery_ids: ids })));
}

/** Goes on with the record for which a failed delivery stopped its webhook. False: none waits for it. */
export async function passOver(id: string): Promise<boolean> {
  const client = await sessionClient();
  return z.boolean().parse(unwrap(await client.rpc('pass_over_webhook_delivery', { delivery_id: id })));
}
