import type { Sql } from 'postgres';
import type { Accepted } from './load.ts';
import type { Received } from './receiverProcess.ts';
import { listens, subscriptions } from './subscriptions.ts';

/** One promise, and what broke it. */
export type Check = { name: string; checked: number; faults: string[] };

/** What was counted on the way. */
export type Totals = {
  deliveries: number;
  succeeded: number;
  failed: Record<string, number>;
  attempts: number;
  requests: number;
  /** Deliveries that their receiver accepted more than once. */
  duplicates: number;
  /** Requests that a receiver saw and whose attempt nobody lived to write. */
  unwritten: number;
};

type EventRow = { id: string; event_type: string; key: string; record: string; sequence: number };
type DeliveryRow = {
  id: string;
  event_id: string;
  /** The events that it brings as one, its own among them. */
  events: string[];
  webhook: string;
  status: 'success' | 'failed';
  attempt_count: number;
  retry_count: number;
  last_error_kind: string | null;
  last_error: string | null;
};
type AttemptRow = { delivery_id: string; attempt: number; answered: boolean };

/** What the longest timeout and the write take: requests of the last moments before a kill may have died with it. */
const settleMs = 4000;

/** A script's failures are final: another try would not mend them. */
const ofScript = ({ last_error_kind }: DeliveryRow) => last_error_kind?.startsWith('transform_') ?? false;

/**
 * Holds what the database has kept against what callers were promised and what receivers saw.
 * @param calmUntil until this moment nothing had been killed
 */
export async function checkLedger(
  sql: Sql,
  accepted: Accepted[],
  received: Received[],
  calmUntil: number,
): Promise<{ checks: Check[]; totals: Totals }> {
  const events = await sql<EventRow[]>`
    select id, event_type, coalesce(payload ->> 'key', payload #>> '{changes,nom}') as key, payload ->> 'id' as record, sequence::int
    from webhook_events`;
  const deliveries = await sql<DeliveryRow[]>`
    select h.id, h.event_id, to_json(coalesce(h.merged, array[h.event_id])) as events, w.name as webhook, h.status, h.attempt_count, h.retry_count, h.last_error_kind, h.last_error
    from webhook_history h join webhooks w on w.id = h.webhook_id`;
  const attempts = await sql<AttemptRow[]>`
    select delivery_id, attempt, response_status is not null as answered from webhook_attempts order by delivery_id, attempt`;
  const [left] = await sql<{ queued: number; leased: number; orphans: number; counted: number }[]>`
    select
      (select count(*)::int from webhook_queue) as queued,
      (select count(*)::int from webhook_queue where locked_until > now()) as leased,
      (select count(*)::int from webhook_history h where not exists (select from webhooks w where w.id = h.webhook_id)) as orphans,
      (select coalesce(sum(succeeded + failed + retried), 0)::int from webhook_stats_hourly) as counted`;

  const checks: Check[] = [];
  const check = (name: string, checked: number, faults: string[]) => checks.push({ name, checked, faults });
  const eventsByKey = Map.groupBy(events, (event) => event.key);
  const deliveriesByEvent = Map.groupBy(
    deliveries.flatMap(({ webhook, events }) => events.map((id) => ({ webhook, id }))),
    ({ id }) => id,
  );
  const deliveryById = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
  const attemptsById = Map.groupBy(attempts, (attempt) => attempt.delivery_id);
  const receivedById = Map.groupBy(received, (request) => request.deliveryId);
  const keyOfEvent = new Map(events.map((event) => [event.id, event.key]));

  check(
    'every accepted event is stored, once, as its caller was told',
    accepted.length,
    accepted.flatMap(({ key, eventId }) => {
      const stored = eventsByKey.get(key) ?? [];
      return stored.length === 1 && stored[0]?.id === eventId ? [] : [`${key}: ${stored.length} events`];
    }),
  );
  check(
    'every event has one delivery for each webhook that listens, and no other',
    events.length,
    events.flatMap((event) => {
      const wanted = subscriptions.filter((webhook) => listens(webhook, event.event_type));
      const names = (deliveriesByEvent.get(event.id) ?? []).map(({ webhook }) => webhook).sort();
      const expected = wanted.map(({ name }) => name).sort();
      return names.join() === expected.join() ? [] : [`${event.key}: ${names} instead of ${expected}`];
    }),
  );
  check('nothing is left in the queue, no lease is held', deliveries.length, [
    ...(left?.queued ? [`${left.queued} queued, ${left.leased} leased`] : []),
    ...(left?.orphans ? [`${left.orphans} deliveries without a webhook`] : []),
  ]);
  const succeeded = deliveries.filter(({ status }) => status === 'success');
  check(
    'every success was accepted by its receiver',
    succeeded.length,
    succeeded
      .filter(({ id }) => !receivedById.get(id)?.some((request) => request.accepted))
      .map(({ id }) => id),
  );
  const failed = deliveries.filter(({ status }) => status === 'failed');
  check(
    'every failure has a reason, and its retries used up or no use for them',
    failed.length,
    failed
      .filter(
        (delivery) =>
          !delivery.last_error_kind ||
          !delivery.last_error ||
          (delivery.retry_count < 3 && !ofScript(delivery)),
      )
      .map(
        ({ id, last_error_kind, retry_count }) => `${id}: ${last_error_kind} after ${retry_count} retries`,
      ),
  );
  check(
    'no script failed but those that must: a killed sandbox fails nothing',
    failed.length,
    failed
      .filter((delivery) => ofScript(delivery) && !['throwing', 'looping'].includes(delivery.webhook))
      .map(({ id, webhook, last_error_kind }) => `${id}: ${last_error_kind} of ${webhook}`),
  );
  check(
    'attempts are numbered 1, 2, 3 … as many as the delivery says',
    deliveries.length,
    deliveries.flatMap(({ id, attempt_count }) => {
      const numbers = (attemptsById.get(id) ?? []).map(({ attempt }) => attempt);
      const whole = numbers.length === attempt_count && numbers.every((attempt, n) => attempt === n + 1);
      return whole ? [] : [`${id}: ${numbers} of ${attempt_count}`];
    }),
  );
  check(
    'no attempt without a delivery',
    attempts.length,
    [...attemptsById.keys()].filter((id) => !deliveryById.has(id)),
  );
  check(
    'every answered attempt was seen by the receiver',
    attempts.length,
    [...attemptsById].flatMap(([id, tries]) => {
      const answered = tries.filter((attempt) => attempt.answered).length;
      const seen = receivedById.get(id)?.length ?? 0;
      return answered <= seen ? [] : [`${id}: ${answered} answers, ${seen} requests`];
    }),
  );
  check(
    'receivers got only what they subscribed to, under the ids of their own deliveries',
    received.length,
    received.flatMap((request) => {
      const webhook = subscriptions.find(({ name }) => name === request.webhook);
      const delivery = deliveryById.get(request.deliveryId);
      const fits =
        webhook &&
        listens(webhook, request.eventType) &&
        delivery?.webhook === request.webhook &&
        keyOfEvent.get(delivery.event_id) === request.key;
      return fits ? [] : [`${request.webhook}: ${request.eventType} ${request.deliveryId}`];
    }),
  );
  check(
    'whatever came twice came under one delivery id',
    received.length,
    [...Map.groupBy(received, ({ webhook, key }) => `${webhook} ${key}`)]
      .filter(([, requests]) => new Set(requests.map(({ deliveryId }) => deliveryId)).size > 1)
      .map(([which]) => which),
  );
  check('an ordered webhook’s receiver sees each record’s events in their order', deliveries.length, [
    ...outOfOrder(
      deliveries.filter(({ webhook }) => webhook === 'ordered' || webhook === 'both'),
      new Map(events.map((event) => [event.id, event])),
      receivedById,
    ),
  ]);
  check('changes that were merged are each in one delivery', deliveries.length, [
    ...(deliveries.some(({ events }) => events.length > 1) ? [] : ['nothing was merged']),
  ]);
  // A receiver whose answer came too late gets the event again, with both attempts written: that is no double.
  const calm = [...receivedById].filter(([, requests]) =>
    requests.every(({ at }) => at < calmUntil - settleMs),
  );
  check(
    'before the first kill every request has its attempt: nothing was sent twice at once',
    calm.length,
    calm.flatMap(([id, requests]) => {
      const written = attemptsById.get(id)?.length ?? 0;
      // An attempt on a kept connection that is reset is sent once more on a new one.
      const most = requests[0]?.webhook === 'reset' ? 2 * written : written;
      if (requests.length <= most) return [];
      const times = requests.map(({ at, webhook }) => `${webhook} ${at - calmUntil} ms`);
      return [`${id}: ${times.join(', ')}; ${written} attempts`];
    }),
  );
  check('the hourly statistics count every attempt', attempts.length, [
    ...(left?.counted === attempts.length ? [] : [`${left?.counted} counted`]),
  ]);

  const kinds = Object.groupBy(failed, ({ last_error_kind }) => last_error_kind ?? 'none');
  const totals: Totals = {
    deliveries: deliveries.length,
    succeeded: succeeded.length,
    failed: Object.fromEntries(Object.entries(kinds).map(([kind, rows]) => [kind, rows?.length ?? 0])),
    attempts: attempts.length,
    requests: received.length,
    duplicates: [...receivedById.values()].filter(
      (requests) => requests.filter(({ accepted }) => accepted).length > 1,
    ).length,
    unwritten: [...receivedById].reduce(
      (sum, [id, requests]) => sum + Math.max(0, requests.length - (attemptsById.get(id)?.length ?? 0)),
      0,
    ),
  };
  return { checks, totals };
}

/**
 * Deliveries of a record whose first request came before an earlier one of that record was first seen, or, where that one
 * succeeded, before it was accepted. A request that a kill has sent twice may come late; its first one may not.
 */
function* outOfOrder(
  deliveries: DeliveryRow[],
  eventById: Map<string, EventRow>,
  receivedById: Map<string, Received[]>,
): Generator<string> {
  const sequenceOf = ({ event_id }: DeliveryRow) => eventById.get(event_id)?.sequence ?? 0;
  const byRecord = Map.groupBy(deliveries, (one) => `${one.webhook} ${eventById.get(one.event_id)?.record}`);
  for (const [record, ofRecord] of byRecord) {
    let done = 0;
    for (const delivery of ofRecord.sort((a, b) => sequenceOf(a) - sequenceOf(b))) {
      const requests = receivedById.get(delivery.id) ?? [];
      if (requests.length === 0) continue;
      const first = Math.min(...requests.map(({ at }) => at));
      if (first < done) yield `${record}: ${delivery.id} ${(done - first).toFixed(0)} ms before its turn`;
      const taken = requests.filter(({ accepted }) => accepted).map(({ at }) => at);
      done = Math.max(done, taken.length > 0 ? Math.min(...taken) : first);
    }
  }
}
