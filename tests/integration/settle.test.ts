import { beforeEach, describe, expect, it } from 'vitest';
import type { ClaimedItem } from '@/lib/store/claimSchema';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import {
  addWebhook,
  claim,
  claimAll,
  dataOf,
  finishJobs,
  givenUp,
  queueDeliveries,
  resultOf,
  retryAfter,
  settle,
  unknownId,
} from '../support/webhooks';

const stack = testStack();
beforeEach(async () => {
  await emptyTables(stack.sql);
});

/** A webhook with leased deliveries. */
async function leased(count = 1, fields: Parameters<typeof addWebhook>[1] = {}) {
  const webhookId = await addWebhook(stack.sql, { max_in_flight: 100, ...fields });
  await queueDeliveries(stack.sql, webhookId, count);
  const items = await claimAll(stack.adminClient());
  items.sort((a, b) => (a.id < b.id ? -1 : 1));
  return { webhookId, items, item: items[0] as ClaimedItem };
}

const deliveryOf = async (id: string) => {
  const rows = await stack.sql`
    select status, in_flight, retry_count, attempt_count, last_status_code, last_error_kind, last_error, last_duration_ms,
      finished_at is not null as finished from webhook_deliveries where id = ${id}`;
  expect(rows).toHaveLength(1);
  return rows[0];
};
const attemptsOf = (id: string) =>
  stack.sql`select * from webhook_attempts where delivery_id = ${id} order by attempt`;
const statsOf = async (webhookId: string) => {
  const [row] = await stack.sql`
    select sum(succeeded)::int as succeeded, sum(failed)::int as failed, sum(retried)::int as retried,
      sum(duration_ms_sum)::int as duration_ms_sum,
      (select array_agg(u.total order by u.n) from (
        select n, sum(attempts)::int as total
        from webhook_stats_hourly, unnest(latency_histogram) with ordinality as bucket (attempts, n)
        where webhook_id = ${webhookId} group by n) as u) as latency_histogram
    from webhook_stats_hourly where webhook_id = ${webhookId} having count(*) > 0`;
  return row;
};
const histogram = (counts: Record<number, number>) => Array.from({ length: 16 }, (_, n) => counts[n] ?? 0);
const dueIn = async (id: string, column = 'due_at') => {
  const [row] = await stack.sql`
    select extract(epoch from ${stack.sql(column)} - now())::float8 as seconds from webhook_queue where id = ${id}`;
  return row?.seconds as number;
};

describe('a success', () => {
  it('writes attempt, history and statistics once, and leaves the queue', async () => {
    const { webhookId, item } = await leased();
    const result = resultOf(item, { response_body: 'merci', console: [{ level: 'log', text: 'hi' }] });
    expect(await settle(stack.adminClient(), [result])).toEqual([item.id]);
    expect(await deliveryOf(item.id)).toEqual({
      status: 'success',
      in_flight: false,
      retry_count: 0,
      attempt_count: 1,
      last_status_code: 200,
      last_error_kind: null,
      last_error: null,
      last_duration_ms: 42,
      finished: true,
    });
    const attempts = await attemptsOf(item.id);
    expect(attempts).toHaveLength(1);
    const { id: _id, fence: _fence, status: _status, ...sent } = result;
    expect(attempts[0]).toEqual({
      ...sent,
      error_kind: null,
      error_message: null,
      request_format: null,
      response_truncated: false,
      delivery_id: item.id,
      attempt: 1,
      webhook_id: webhookId,
      succeeded: true,
      started_at: new Date(result.started_at),
    });
    expect(await statsOf(webhookId)).toEqual({
      succeeded: 1,
      failed: 0,
      retried: 0,
      duration_ms_sum: 42,
      latency_histogram: histogram({ 3: 1 }),
    });
    expect(await stack.sql`select from webhook_queue`).toHaveLength(0);
  });

  it('that is settled again writes nothing', async () => {
    const { webhookId, item } = await leased();
    await settle(stack.adminClient(), [resultOf(item)]);
    const before = await statsOf(webhookId);
    expect(await settle(stack.adminClient(), [resultOf(item), resultOf(item, givenUp())])).toEqual([]);
    expect(await deliveryOf(item.id)).toMatchObject({ status: 'success', attempt_count: 1 });
    expect(await attemptsOf(item.id)).toHaveLength(1);
    expect(await statsOf(webhookId)).toEqual(before);
  });
});

describe('a retry', () => {
  it('stays queued until its delay is over, and counts on', async () => {
    const { webhookId, item } = await leased();
    expect(await settle(stack.adminClient(), [resultOf(item, retryAfter(5000))])).toEqual([item.id]);
    expect(await deliveryOf(item.id)).toMatchObject({
      status: 'retrying',
      in_flight: false,
      retry_count: 1,
      attempt_count: 1,
      last_status_code: 500,
      last_error_kind: 'status',
      last_error: 'The receiver answered 500.',
      finished: false,
    });
    expect(await dueIn(item.id)).toBeGreaterThan(4);
    expect(await dueIn(item.id)).toBeLessThanOrEqual(5);
    expect(await claimAll(stack.adminClient())).toEqual([]);
    expect(await statsOf(webhookId)).toMatchObject({ succeeded: 0, failed: 0, retried: 1 });

    await stack.sql`update webhook_queue set due_at = now()`;
    const [again] = await claimAll(stack.adminClient());
    expect(again).toMatchObject({ id: item.id, retry_count: 1, attempt_count: 1 });
    expect(again?.fence).toBeGreaterThan(item.fence + 1);
    await settle(stack.adminClient(), [resultOf(again as ClaimedItem, { duration_ms: 10_000 })]);
    expect(await deliveryOf(item.id)).toMatchObject({ status: 'success', retry_count: 1, attempt_count: 2 });
    expect((await attemptsOf(item.id)).map((row) => [row.attempt, row.succeeded])).toEqual([
      [1, false],
      [2, true],
    ]);
    expect(await statsOf(webhookId)).toEqual({
      succeeded: 1,
      failed: 0,
      retried: 1,
      duration_ms_sum: 10_042,
      latency_histogram: histogram({ 3: 1, 14: 1 }),
    });
  });

  it('may wait 24 hours', async () => {
    const { item } = await leased();
    await settle(stack.adminClient(), [resultOf(item, retryAfter(86_400_000))]);
    expect(await dueIn(item.id)).toBeGreaterThan(86_390);
  });
});

describe('a failure', () => {
  it('is final, with its reason', async () => {
    const { webhookId, item } = await leased();
    await settle(stack.adminClient(), [resultOf(item, givenUp('timeout'))]);
    expect(await deliveryOf(item.id)).toMatchObject({
      status: 'failed',
      attempt_count: 1,
      last_error_kind: 'timeout',
      finished: true,
    });
    expect(await statsOf(webhookId)).toMatchObject({ succeeded: 0, failed: 1, retried: 0 });
  });

  it('of a transform has an attempt without any request', async () => {
    const { item } = await leased();
    const nothing = { request_url: null, request_headers: null, request_body: null };
    const noAnswer = { response_status: null, response_headers: null, response_body: null };
    const { id, fence, status, started_at, duration_ms, error_kind } = resultOf(
      item,
      givenUp('transform_error'),
    );
    await settle(stack.adminClient(), [{ id, fence, status, started_at, duration_ms, error_kind }]);
    expect((await attemptsOf(item.id))[0]).toMatchObject({
      ...nothing,
      ...noAnswer,
      error_kind: 'transform_error',
    });
    expect(await deliveryOf(item.id)).toMatchObject({ status: 'failed', last_status_code: null });
  });
});

describe('a lost lease', () => {
  it('writes nothing: not the attempt, not the delivery, not the statistics', async () => {
    const { webhookId, item } = await leased();
    await stack.sql`update webhook_queue set locked_until = now() - interval '1 second'`;
    const [taken] = await claimAll(stack.adminClient());
    for (const fields of [{}, retryAfter(1000), givenUp(), givenUp('gone')]) {
      expect(await settle(stack.adminClient(), [resultOf(item, fields)])).toEqual([]);
    }
    expect(await deliveryOf(item.id)).toMatchObject({ status: 'pending', in_flight: true, attempt_count: 0 });
    expect(await attemptsOf(item.id)).toHaveLength(0);
    expect(await statsOf(webhookId)).toBeUndefined();
    expect(await stack.sql`select from webhooks where status = 'active'`).toHaveLength(1);
    expect(await settle(stack.adminClient(), [resultOf(taken as ClaimedItem)])).toEqual([item.id]);
  });

  it('that nobody took up in the meantime is still written', async () => {
    const { item } = await leased();
    await stack.sql`update webhook_queue set locked_until = now() - interval '1 second'`;
    expect(await settle(stack.adminClient(), [resultOf(item)])).toEqual([item.id]);
  });

  it('beside the new one in the same batch leaves the new one alone', async () => {
    const { webhookId, item, items } = await leased(3);
    await stack.sql`update webhook_queue set locked_until = now() - interval '1 second' where id = ${item.id}`;
    const [taken] = (await claim(stack.adminClient())).batch.items as [ClaimedItem];
    const late = resultOf(item, { ...givenUp(), response_body: 'late' });
    const valid = resultOf(taken, { response_body: 'valid' });
    const others = items.slice(1).map((other) => resultOf(other));
    const written = await settle(stack.adminClient(), [late, valid, ...others, valid]);
    expect(written.sort()).toEqual(items.map(({ id }) => id));
    expect(await deliveryOf(item.id)).toMatchObject({ status: 'success', attempt_count: 1 });
    expect((await attemptsOf(item.id)).map((row) => row.response_body)).toEqual(['valid']);
    expect(await statsOf(webhookId)).toMatchObject({ succeeded: 3, failed: 0 });
  });

  it('of before a redelivery by hand is lost for good', async () => {
    const { item } = await leased();
    await stack.sql`update webhook_queue set locked_until = now() - interval '1 second'`;
    const [taken] = await claimAll(stack.adminClient());
    await settle(stack.adminClient(), [resultOf(taken as ClaimedItem, givenUp())]);
    dataOf(await stack.adminClient().rpc('redeliver_webhook_deliveries', { delivery_ids: [item.id] }));
    const stale = [resultOf(item), resultOf(taken as ClaimedItem)];
    expect(await settle(stack.adminClient(), stale)).toEqual([]);
    const [again] = await claimAll(stack.adminClient());
    expect(await settle(stack.adminClient(), stale)).toEqual([]);
    expect(await settle(stack.adminClient(), [resultOf(again as ClaimedItem)])).toEqual([item.id]);
    expect((await attemptsOf(item.id)).map((row) => row.attempt)).toEqual([1, 2]);
  });
});

it('answers of a mixed batch only what was written', async () => {
  const { items } = await leased(4);
  const [a, b, c, d] = items as [ClaimedItem, ClaimedItem, ClaimedItem, ClaimedItem];
  const written = await settle(stack.adminClient(), [
    resultOf(a),
    resultOf({ ...b, fence: b.fence + 1 }),
    resultOf({ id: unknownId(), fence: 1 }),
    resultOf(c, retryAfter(1000)),
    resultOf(d, givenUp()),
  ]);
  expect(written.sort()).toEqual([a.id, c.id, d.id].sort());
  expect(await deliveryOf(b.id)).toMatchObject({ status: 'pending', in_flight: true });
  expect(await settle(stack.adminClient(), [])).toEqual([]);
});

describe('a webhook that is switched off while a delivery is in flight', () => {
  const switchTo = (webhookId: string, status: string) =>
    stack.sql`update webhooks set status = ${status} where id = ${webhookId}`;

  it('keeps the retry waiting, and sends it at its due time once it is on again', async () => {
    const { webhookId, item } = await leased();
    await switchTo(webhookId, 'inactive');
    expect(await settle(stack.adminClient(), [resultOf(item, retryAfter(60_000))])).toEqual([item.id]);
    expect(await claimAll(stack.adminClient())).toEqual([]);
    expect(await deliveryOf(item.id)).toMatchObject({ status: 'retrying', attempt_count: 1 });
    const [row] = await stack.sql`select next_attempt_at, waits_for from webhook_deliveries`;
    expect(row).toEqual({ next_attempt_at: null, waits_for: 'inactive' });

    await switchTo(webhookId, 'active');
    expect(await dueIn(item.id)).toBeGreaterThan(50);
    expect(await dueIn(item.id)).toBeLessThanOrEqual(60);
  });

  it('sends a retry that fell due meanwhile at once', async () => {
    const { webhookId, item } = await leased();
    await switchTo(webhookId, 'inactive');
    await settle(stack.adminClient(), [resultOf(item, retryAfter(60_000))]);
    await stack.sql`update webhook_queue set due_at = now() - interval '1 hour'`;
    await switchTo(webhookId, 'active');
    expect((await claimAll(stack.adminClient())).map(({ id }) => id)).toEqual([item.id]);
  });

  it('still writes a success', async () => {
    const { webhookId, item } = await leased();
    await switchTo(webhookId, 'inactive');
    expect(await settle(stack.adminClient(), [resultOf(item)])).toEqual([item.id]);
    expect(await deliveryOf(item.id)).toMatchObject({ status: 'success' });
  });

  it('keeps the lease when it is on again before the result', async () => {
    const { webhookId, item } = await leased();
    await switchTo(webhookId, 'inactive');
    await switchTo(webhookId, 'active');
    expect(await claimAll(stack.adminClient())).toEqual([]);
    expect(await settle(stack.adminClient(), [resultOf(item)])).toEqual([item.id]);
  });
});

describe('a webhook that is deleted while a delivery is in flight', () => {
  it('has the truth written: a success stays one', async () => {
    const { webhookId, item } = await leased();
    await stack.sql`delete from webhooks where id = ${webhookId}`;
    expect(await settle(stack.adminClient(), [resultOf(item)])).toEqual([item.id]);
    await finishJobs(stack.adminClient());
    expect(await deliveryOf(item.id)).toMatchObject({ status: 'success', attempt_count: 1, finished: true });
    expect(await attemptsOf(item.id)).toHaveLength(1);
  });

  it('has a failure written that would be tried again, and ends it as deleted', async () => {
    const { webhookId, item } = await leased();
    await stack.sql`delete from webhooks where id = ${webhookId}`;
    expect(await settle(stack.adminClient(), [resultOf(item, retryAfter(60_000))])).toEqual([item.id]);
    await finishJobs(stack.adminClient());
    expect(await deliveryOf(item.id)).toMatchObject({
      status: 'failed',
      last_error_kind: 'webhook_deleted',
      attempt_count: 1,
      finished: true,
    });
    expect(await attemptsOf(item.id)).toMatchObject([{ response_status: 500 }]);
  });
});

describe('410 Gone', () => {
  const webhookOf = async (id: string) => {
    const [row] = await stack.sql`select status, disabled_reason from webhooks where id = ${id}`;
    return row;
  };

  it('disables the webhook with its reason, holds what waits, and spares the others', async () => {
    const { webhookId, items } = await leased(3);
    const other = await addWebhook(stack.sql);
    const [first, ...rest] = items as [ClaimedItem, ...ClaimedItem[]];
    expect(await settle(stack.adminClient(), [resultOf(first, givenUp('gone'))])).toEqual([first.id]);
    expect(await webhookOf(webhookId)).toEqual({ status: 'inactive', disabled_reason: 'gone' });
    expect(await webhookOf(other)).toEqual({ status: 'active', disabled_reason: null });
    await stack.sql`update webhook_queue set locked_until = null where id = ${rest[1]?.id ?? ''}`;
    expect(await claimAll(stack.adminClient())).toEqual([]);
    expect(await settle(stack.adminClient(), [resultOf(rest[0] as ClaimedItem)])).toHaveLength(1);

    await stack.sql`update webhooks set status = 'active' where id = ${webhookId}`;
    expect(await webhookOf(webhookId)).toEqual({ status: 'active', disabled_reason: null });
  });

  it('settles the rest of its own batch', async () => {
    const { webhookId, items } = await leased(3);
    const [a, b, c] = items as [ClaimedItem, ClaimedItem, ClaimedItem];
    const batch = [resultOf(a), resultOf(b, givenUp('gone')), resultOf(c, retryAfter(9000))];
    expect(await settle(stack.adminClient(), batch)).toHaveLength(3);
    expect(await webhookOf(webhookId)).toEqual({ status: 'inactive', disabled_reason: 'gone' });
    expect(await dueIn(c.id)).toBeGreaterThan(8);
  });

  it('settled by several drains at once ends without a deadlock', async () => {
    const { webhookId, items } = await leased(100);
    const batches = Array.from({ length: 5 }, (_, n) => items.filter((_item, index) => index % 5 === n));
    const written = await Promise.all(
      batches.map((batch, n) =>
        settle(
          stack.adminClient(),
          batch.map((item) => resultOf(item, n % 2 ? {} : givenUp('gone'))),
        ),
      ),
    );
    expect(written.flat()).toHaveLength(100);
    expect(await webhookOf(webhookId)).toEqual({ status: 'inactive', disabled_reason: 'gone' });
  });
});

describe('a test delivery', () => {
  it('is logged like any other, and neither counted nor allowed to disable the webhook', async () => {
    const webhookId = await addWebhook(stack.sql, { status: 'inactive' });
    const answer = await stack.adminClient().rpc('create_test_delivery', {
      webhook_id: webhookId,
      event_type: 'webhook.test',
      payload: { test: true },
      worker: 'test',
    });
    const { items, events, webhooks } = dataOf<Awaited<ReturnType<typeof claim>>['batch']>(answer);
    const [item] = items as [ClaimedItem];
    expect(item).toMatchObject({ fence: 1, is_test: true, webhook_id: webhookId });
    expect(events[item.event_id]).toMatchObject({ event_type: 'webhook.test', payload: '{"test":true}' });
    expect(webhooks[webhookId]?.secret_key).toMatch(/^[0-9a-f]{64}$/);
    expect(await settle(stack.adminClient(), [resultOf(item, givenUp('gone'))])).toEqual([item.id]);
    expect(await deliveryOf(item.id)).toMatchObject({ status: 'failed', last_error_kind: 'gone' });
    expect(await attemptsOf(item.id)).toHaveLength(1);
    expect(await statsOf(webhookId)).toBeUndefined();
    await stack.sql`update webhooks set status = 'active'`;
    expect(await stack.sql`select from webhooks where disabled_reason is null`).toHaveLength(1);
  });

  it('of an unknown webhook is refused and leaves no event behind', async () => {
    const { error } = await stack.adminClient().rpc('create_test_delivery', {
      webhook_id: unknownId(),
      event_type: 'webhook.test',
      payload: {},
      worker: 'test',
    });
    expect(error?.message).toBe('webhook_not_found');
    expect(await stack.sql`select from webhook_events`).toHaveLength(0);
  });

  it('whose drain died is claimed again, also on an inactive webhook', async () => {
    const webhook_id = await addWebhook(stack.sql, { status: 'inactive' });
    dataOf(
      await stack
        .adminClient()
        .rpc('create_test_delivery', { webhook_id, event_type: 'webhook.test', payload: {}, worker: 'dead' }),
    );
    expect(await claimAll(stack.adminClient())).toEqual([]);
    await stack.sql`update webhook_queue set locked_until = now() - interval '1 second'`;
    expect(await claimAll(stack.adminClient())).toMatchObject([{ is_test: true, fence: 2 }]);
  });
});

it('keeps every text as it came', async () => {
  const texts = {
    response_body: `👩🏽‍🚀 "guillemets" 'apostrophes' \\ \\u0041 \\\\n \n\r\t \u2028 {"a":1} ${'é'.repeat(16_384)}`,
    request_body: JSON.stringify({ text: `" \\ / 😀 ${'x'.repeat(262_144)}` }),
    error_message: `l'hôte a répondu "500" ; drop table webhooks; --`,
    request_url: 'https://example.com/?q=%22%27&x=é',
  };
  const response_headers = {
    'set-cookie': 'a="b"; c=\\d',
    'x-number': '007',
    'x-json': '{"a":[]}',
    'x-é': 'é',
  };
  const { item } = await leased();
  await settle(stack.adminClient(), [resultOf(item, { ...givenUp(), ...texts, response_headers })]);
  const [attempt] = await attemptsOf(item.id);
  expect(attempt).toMatchObject({ ...texts, response_headers });
  const admin = await stack.clientFor('admin');
  const { data } = await admin.from('webhook_attempts').select().eq('delivery_id', item.id).single();
  expect(data).toMatchObject({ ...texts, response_headers });
});

it('counts latencies of answers alone: what was refused, or never came, has none', async () => {
  const { webhookId, items } = await leased(3);
  const [answered, refused, late] = items as [ClaimedItem, ClaimedItem, ClaimedItem];
  await settle(stack.adminClient(), [
    resultOf(answered, { ...givenUp(), duration_ms: 42 }),
    resultOf(refused, { ...givenUp('connection_refused'), response_status: undefined, duration_ms: 1 }),
    resultOf(late, { ...givenUp('timeout'), response_status: undefined, duration_ms: 5000 }),
  ]);
  expect(await statsOf(webhookId)).toMatchObject({ failed: 3, latency_histogram: histogram({ 3: 1 }) });

  const alone = await leased();
  await settle(stack.adminClient(), [
    resultOf(alone.item, { ...givenUp('dns'), response_status: undefined, duration_ms: 1 }),
  ]);
  expect(await statsOf(alone.webhookId)).toMatchObject({ failed: 1, latency_histogram: histogram({}) });
});

it('counts the latency of a batch into the right buckets', async () => {
  const durations = [0, 4, 5, 9, 10, 24, 25, 99, 100, 999, 1000, 4999, 5000, 29_999, 30_000, 90_000];
  const { webhookId, items } = await leased(durations.length);
  await settle(
    stack.adminClient(),
    items.map((item, n) => resultOf(item, { duration_ms: durations[n] ?? 0 })),
  );
  expect(await statsOf(webhookId)).toMatchObject({
    succeeded: durations.length,
    duration_ms_sum: durations.reduce((sum, ms) => sum + ms, 0),
    latency_histogram: histogram({
      0: 2,
      1: 2,
      2: 2,
      3: 1,
      4: 1,
      5: 1,
      9: 1,
      10: 1,
      12: 1,
      13: 1,
      14: 1,
      15: 2,
    }),
  });
});

it('counts failed attempts by what failed', async () => {
  const { webhookId, items } = await leased(8);
  const endings = [
    givenUp('timeout'),
    { ...givenUp('dns'), response_status: undefined },
    { ...givenUp('transform_error'), response_status: undefined },
    { ...givenUp('payload_too_large'), response_status: undefined },
    { ...givenUp(), response_status: 404 },
    { ...retryAfter(1000), response_status: 503 },
    { ...givenUp('redirect'), response_status: 302 },
    {},
  ];
  const results = items.map((item, n) => resultOf(item, endings[n]));
  await settle(
    stack.adminClient(),
    results.map((result) =>
      result.error_kind === 'timeout' ? { ...result, response_status: undefined } : result,
    ),
  );
  const [row] = await stack.sql`
    select sum(succeeded)::int as succeeded, sum(failed)::int as failed, sum(retried)::int as retried,
      sum(errors_4xx)::int as errors_4xx, sum(errors_5xx)::int as errors_5xx, sum(errors_timeout)::int as errors_timeout,
      sum(errors_network)::int as errors_network, sum(errors_transform)::int as errors_transform
    from webhook_stats_hourly where webhook_id = ${webhookId}`;
  expect(row).toEqual({
    succeeded: 1,
    failed: 6,
    retried: 1,
    errors_4xx: 1,
    errors_5xx: 1,
    errors_timeout: 1,
    errors_network: 1,
    errors_transform: 2,
  });
});

describe('several drains at once', () => {
  it('settle disjoint batches of the same webhooks without a deadlock, and lose no count', async () => {
    const webhookIds = await Promise.all(
      Array.from({ length: 4 }, () => addWebhook(stack.sql, { max_in_flight: 100 })),
    );
    for (const id of webhookIds) await queueDeliveries(stack.sql, id, 100);
    const items = await claimAll(stack.adminClient());
    expect(items).toHaveLength(400);
    const batches = Array.from({ length: 8 }, (_, n) => {
      const batch = items.filter((_item, index) => index % 8 === n);
      return n % 2 ? batch.reverse() : batch;
    });
    const written = await Promise.all(
      batches.map((batch) =>
        settle(
          stack.adminClient(),
          batch.map((item, n) => resultOf(item, [{}, retryAfter(60_000), givenUp()][n % 3])),
        ),
      ),
    );
    expect(written.flat()).toHaveLength(400);
    const rows = await stack.sql`
      select sum(succeeded + failed + retried)::int as total from webhook_stats_hourly group by webhook_id`;
    expect(rows.map((row) => row.total)).toEqual([100, 100, 100, 100]);
    expect(await stack.sql`select from webhook_attempts`).toHaveLength(400);
  });

  it('settle the same results once', async () => {
    const { webhookId, items } = await leased(50);
    const results = items.map((item) => resultOf(item));
    const runs = await Promise.allSettled(
      Array.from({ length: 4 }, (_, n) =>
        settle(stack.adminClient(), n % 2 ? results : [...results].reverse()),
      ),
    );
    // Two drains that hold the same lease can only be a fault; Postgres may break a deadlock between them.
    const written = runs.flatMap((run) => (run.status === 'fulfilled' ? run.value : []));
    expect(written.sort()).toEqual(items.map(({ id }) => id));
    expect(await statsOf(webhookId)).toMatchObject({ succeeded: 50 });
  });
});
