import { beforeEach, describe, expect, it } from 'vitest';
import { queueFigures } from '@/lib/store/upkeepStore';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import {
  addWebhook,
  claim,
  claimAll,
  dataOf,
  givenUp,
  queueDeliveries,
  resultOf,
  retryAfter,
  settle,
} from '../support/webhooks';

/*
 * What the queue makes of a receiver's behaviour: circuit breaker, rate, auto-disable.
 */

const stack = testStack();
beforeEach(async () => {
  await emptyTables(stack.sql);
});

const failure = retryAfter(1000);
const refusal = { ...failure, response_status: 422, fault: 'refusal' } as const;
const healthOf = async (webhookId: string) => {
  const [row] = await stack.sql`
    select failures, pauses, extract(epoch from paused_until - now())::float8 as paused_for
    from webhook_health where webhook_id = ${webhookId}`;
  return row;
};
/** Attempts `count` deliveries of a webhook that all end alike. */
async function attempts(webhookId: string, count: number, fields = {}) {
  await queueDeliveries(stack.sql, webhookId, count);
  const items = await claimAll(stack.adminClient());
  await settle(
    stack.adminClient(),
    items.map((item) => resultOf(item, fields)),
  );
  return items;
}
const endPause = (webhookId: string) =>
  stack.sql`update webhook_health set paused_until = now() - interval '1 ms' where webhook_id = ${webhookId}`;

describe('what is known of a receiver that fails', () => {
  it('is its latest failure: a status, or what happened instead of an answer', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100 });
    const latest = async () => {
      const [row] = await stack.sql`
        select last_status_code, last_error_kind from webhook_receiver_health where webhook_id = ${webhookId}`;
      return row;
    };
    await attempts(webhookId, 2, failure);
    expect(await latest()).toEqual({ last_status_code: 500, last_error_kind: 'status' });
    await attempts(webhookId, 1, {
      ...failure,
      error_kind: 'connection_refused',
      response_status: undefined,
    });
    expect(await latest()).toEqual({ last_status_code: null, last_error_kind: 'connection_refused' });
    const activity = dataOf<{ health: object }[]>(
      await stack.adminClient().rpc('list_webhook_activity', { webhook_ids: [webhookId] }),
    );
    expect(activity[0]?.health).toMatchObject({ failures: 3, last_error_kind: 'connection_refused' });
  });
});

describe('what a delivery that is due waits for', () => {
  const waits = async (webhookId: string) => {
    const rows = await stack.sql<{ waits_for: string | null }[]>`
      select waits_for from webhook_deliveries where webhook_id = ${webhookId} and not in_flight order by id`;
    return rows.map((row) => row.waits_for);
  };
  const underWay = async (webhookId: string) => {
    const rows = await stack.sql<{ waits_for: string | null }[]>`
      select waits_for from webhook_deliveries where webhook_id = ${webhookId} and in_flight`;
    return rows.map((row) => row.waits_for);
  };

  it('is nothing but its turn while there is room', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 2 });
    await queueDeliveries(stack.sql, webhookId, 3);
    expect(await waits(webhookId)).toEqual([null, null, null]);
  });

  it('is the limit when all requests at once are under way, and what is under way waits for nothing', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 2 });
    await queueDeliveries(stack.sql, webhookId, 4);
    await claim(stack.adminClient());
    expect(await underWay(webhookId)).toEqual([null, null]);
    expect(await waits(webhookId)).toEqual(['limit', 'limit']);
    const admin = await stack.clientFor('admin');
    const { data } = await admin.from('webhook_deliveries').select('waits_for').eq('webhook_id', webhookId);
    expect(data?.map((row) => row.waits_for).sort()).toEqual(['limit', 'limit', null, null].sort());
  });

  it('is the rate when its requests per second are used up', async () => {
    const webhookId = await addWebhook(stack.sql, { rate_limit: 1 });
    await queueDeliveries(stack.sql, webhookId, 3);
    await claim(stack.adminClient());
    expect(await waits(webhookId)).toEqual(['rate', 'rate']);
    const admin = await stack.clientFor('admin');
    const { data } = await admin.from('webhook_deliveries').select('waits_for').eq('webhook_id', webhookId);
    expect(data?.filter((row) => row.waits_for === 'rate')).toHaveLength(2);
  });

  it('is the pause while another one tries the receiver', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100 });
    await attempts(webhookId, 20, failure);
    await stack.sql`delete from webhook_queue`;
    await endPause(webhookId);
    await queueDeliveries(stack.sql, webhookId, 2);
    await claim(stack.adminClient());
    expect(await waits(webhookId)).toEqual(['pause']);
  });
});

describe('the circuit breaker', () => {
  it('stays closed below 20 failures in a row, and forgets them at a success', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100 });
    await attempts(webhookId, 19, failure);
    expect(await healthOf(webhookId)).toMatchObject({ failures: 19, paused_for: null });
    await attempts(webhookId, 1);
    expect(await healthOf(webhookId)).toBeUndefined();
  });

  it('counts no failure of a script', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100 });
    await attempts(webhookId, 30, {
      ...givenUp('transform_error'),
      response_status: undefined,
      fault: undefined,
    });
    expect(await healthOf(webhookId)).toBeUndefined();
  });

  it('opens at 20 for 10 s: deliveries wait and keep their retries, other webhooks go on', async () => {
    const [dead, well] = [
      await addWebhook(stack.sql, { max_in_flight: 100 }),
      await addWebhook(stack.sql, { max_in_flight: 100 }),
    ];
    await attempts(dead, 20, failure);
    const opened = await healthOf(dead);
    expect(opened).toMatchObject({ failures: 20, pauses: 1 });
    expect(opened?.paused_for).toBeGreaterThan(9);
    expect(opened?.paused_for).toBeLessThanOrEqual(10);
    await queueDeliveries(stack.sql, dead, 5);
    await queueDeliveries(stack.sql, well, 5);
    const answer = await claim(stack.adminClient());
    expect(answer.batch.items.map((item) => item.webhook_id)).toEqual(Array(5).fill(well));
    const waiting = await stack.sql`select retry_count from webhook_queue where webhook_id = ${dead}`;
    expect(waiting.filter((row) => row.retry_count === 0)).toHaveLength(5);
    await settle(
      stack.adminClient(),
      answer.batch.items.map((item) => resultOf(item)),
    );
    const { wait_ms } = await claim(stack.adminClient());
    expect(wait_ms).toBeGreaterThan(9000);
  });

  it('lets one probe through after the pause, and closes when it succeeds', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100 });
    await attempts(webhookId, 20, failure);
    await queueDeliveries(stack.sql, webhookId, 5);
    await endPause(webhookId);
    const [probe, ...others] = await claimAll(stack.adminClient());
    expect(others).toEqual([]);
    expect(probe).toBeDefined();
    if (probe) await settle(stack.adminClient(), [resultOf(probe)]);
    expect(await healthOf(webhookId)).toBeUndefined();
    expect(await claimAll(stack.adminClient())).toHaveLength(4);
  });

  it('stays open twice as long after each failed probe, five minutes at most', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100, max_retries: 20 });
    await attempts(webhookId, 20, failure);
    const pauses: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      await endPause(webhookId);
      await attempts(webhookId, 1, failure);
      pauses.push(Math.round(Number((await healthOf(webhookId))?.paused_for)));
    }
    expect(pauses).toEqual([20, 40, 80, 160, 300, 300, 300]);
    await stack.sql`update webhook_health set pauses = 1021`;
    await endPause(webhookId);
    await attempts(webhookId, 1, failure);
    expect(await healthOf(webhookId)).toMatchObject({ pauses: 1022, paused_for: expect.closeTo(300, 0) });
  });

  it('is not moved by late answers to requests of before it opened', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100 });
    await queueDeliveries(stack.sql, webhookId, 30);
    const items = await claimAll(stack.adminClient());
    const results = items.map((item) => resultOf(item, failure));
    await settle(stack.adminClient(), results.slice(0, 20));
    await settle(stack.adminClient(), results.slice(20));
    expect(await healthOf(webhookId)).toMatchObject({ failures: 30, pauses: 1 });
  });

  it('is closed by a test that succeeds and by a new URL, and probed by a redelivery', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100 });
    await attempts(webhookId, 20, failure);
    const batch = dataOf<{ items: { id: string; fence: number }[] }>(
      await stack.adminClient().rpc('create_test_delivery', {
        webhook_id: webhookId,
        event_type: 'webhook.test',
        payload: {},
        worker: 'x',
      }),
    );
    await settle(
      stack.adminClient(),
      batch.items.map((item) => resultOf(item)),
    );
    expect(await healthOf(webhookId)).toBeUndefined();

    await attempts(webhookId, 20, failure);
    await stack.sql`update webhooks set url = 'https://elsewhere.test/' where id = ${webhookId}`;
    expect(await healthOf(webhookId)).toBeUndefined();

    const [first] = await attempts(webhookId, 20, failure);
    expect((await healthOf(webhookId))?.paused_for).toBeGreaterThan(0);
    dataOf(
      await (await stack.clientFor('admin')).rpc('redeliver_webhook_deliveries', {
        delivery_ids: [first?.id],
      }),
    );
    expect((await healthOf(webhookId))?.paused_for).toBeLessThanOrEqual(0);
    expect(await claimAll(stack.adminClient())).toHaveLength(1);
  });

  it('does not make /api/health cry: what it holds back is not due', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100 });
    await attempts(webhookId, 20, failure);
    await queueDeliveries(stack.sql, webhookId, 1);
    expect(await queueFigures()).toMatchObject({ oldest_claimable_ms: null, held: { paused: 1 } });
    await endPause(webhookId);
    expect((await queueFigures()).oldest_claimable_ms).toBeGreaterThan(0);
  });
});

describe('a refusal', () => {
  it('says nothing of the receiver: no breaker, whatever the number, and it breaks a row of outages', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100 });
    await attempts(webhookId, 100, refusal);
    expect(await healthOf(webhookId)).toMatchObject({ failures: 100, paused_for: null });
    await attempts(webhookId, 19, failure);
    await attempts(webhookId, 1, refusal);
    await attempts(webhookId, 19, failure);
    expect(await healthOf(webhookId)).toMatchObject({ failures: 139, paused_for: null });
    await attempts(webhookId, 1, failure);
    expect((await healthOf(webhookId))?.paused_for).toBeGreaterThan(9);
  });

  it('to a probe shortens the pause, and the next probe is one of the other kind', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100, max_retries: 20 });
    const tried = new Set((await attempts(webhookId, 20, retryAfter(0))).map(({ id }) => id));
    const fresh = new Set(await queueDeliveries(stack.sql, webhookId, 5));
    const kinds: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      await endPause(webhookId);
      const [probe, ...others] = await claimAll(stack.adminClient());
      expect(others).toEqual([]);
      if (!probe) throw new Error('no probe');
      kinds.push(tried.has(probe.id) ? 'tried' : fresh.has(probe.id) ? 'fresh' : 'unknown');
      tried.add(probe.id);
      await settle(stack.adminClient(), [resultOf(probe, n === 3 ? refusal : retryAfter(0))]);
    }
    expect(new Set(kinds)).toEqual(new Set(['tried', 'fresh']));
    for (const [n, kind] of kinds.entries()) expect(kind).not.toBe(kinds[n + 1]);
    expect((await healthOf(webhookId))?.paused_for).toBeLessThanOrEqual(1);
  });

  it.each([
    ['only what was tried waits', 0],
    ['only what was not tried waits', 5],
  ])('or an outage: a probe goes out whatever waits (%s)', async (_, count) => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100 });
    await attempts(webhookId, 20, retryAfter(0));
    if (count > 0) {
      await stack.sql`delete from webhook_queue`;
      await queueDeliveries(stack.sql, webhookId, count);
    }
    for (const pauses of [1, 2]) {
      await stack.sql`update webhook_health set pauses = ${pauses}, paused_until = now() - interval '1 ms'`;
      await stack.sql`update webhook_queue set locked_until = null`;
      expect(await claimAll(stack.adminClient())).toHaveLength(1);
    }
  });
});

describe('a receiver that asks to be left alone', () => {
  const throttled = {
    ...retryAfter(1000),
    response_status: 429,
    error_kind: 'throttled',
    fault: 'throttle',
    keeps_retry: true,
    hold_ms: 60_000,
  } as const;
  const holdOf = async (webhookId: string) => {
    const [row] = await stack.sql`
      select slots, status_code, extract(epoch from held_until - now())::float8 as held_for
      from webhook_holds where webhook_id = ${webhookId}`;
    return row;
  };
  const endHold = (webhookId: string) =>
    stack.sql`update webhook_holds set held_until = now() - interval '1 ms' where webhook_id = ${webhookId}`;

  it('gets nothing until then, and no delivery uses up a retry or loses its place', async () => {
    const webhookId = await addWebhook(stack.sql);
    const [first] = await attempts(webhookId, 1, throttled);
    const other = await queueDeliveries(stack.sql, await addWebhook(stack.sql));
    await queueDeliveries(stack.sql, webhookId, 2);
    expect((await holdOf(webhookId))?.held_for).toBeGreaterThan(59);
    const answer = await claim(stack.adminClient());
    expect(answer.batch.items.map(({ id }) => id)).toEqual(other);
    const [row] = await stack.sql`
      select d.status, d.retry_count, d.attempt_count, d.waits_for, d.next_attempt_at = h.held_until as at_end
      from webhook_deliveries d join webhook_holds h using (webhook_id) where d.id = ${first?.id ?? ''}`;
    expect(row).toEqual({
      status: 'retrying',
      retry_count: 0,
      attempt_count: 1,
      waits_for: 'receiver',
      at_end: true,
    });
    await endHold(webhookId);
    expect((await claimAll(stack.adminClient())).map(({ id }) => id)).toEqual([first?.id]);
  });

  it('starts again with one at once, and one more for each success, up to its width', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 8 });
    await attempts(webhookId, 1, throttled);
    await queueDeliveries(stack.sql, webhookId, 40);
    await endHold(webhookId);
    const widths: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const items = await claimAll(stack.adminClient());
      widths.push(items.length);
      await settle(
        stack.adminClient(),
        items.map((item) => resultOf(item)),
      );
    }
    expect(widths).toEqual([1, 2, 4, 8, 8]);
    expect(await holdOf(webhookId)).toBeUndefined();
  });

  it('is held as long as the longest of its answers says; successes of before do not end it', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 10 });
    await queueDeliveries(stack.sql, webhookId, 4);
    const [a, b, c, d] = await claimAll(stack.adminClient());
    if (!a || !b || !c || !d) throw new Error('too few');
    await settle(stack.adminClient(), [resultOf(a, throttled), resultOf(b, { ...throttled, hold_ms: 5000 })]);
    await settle(stack.adminClient(), [resultOf(c, { ...throttled, hold_ms: 1000 }), resultOf(d)]);
    expect(await holdOf(webhookId)).toMatchObject({ slots: 1, status_code: 429 });
    expect((await holdOf(webhookId))?.held_for).toBeGreaterThan(59);
    expect(await claimAll(stack.adminClient())).toEqual([]);
  });

  it('opens no breaker, and closes one whose probe it answers', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100 });
    for (let n = 0; n < 25; n += 1) {
      await attempts(webhookId, 1, throttled);
      await endHold(webhookId);
    }
    expect(await healthOf(webhookId)).toMatchObject({ failures: 25, paused_for: null });
    await stack.sql`delete from webhook_queue`;
    await stack.sql`delete from webhook_holds`;
    await attempts(webhookId, 20, failure);
    await endPause(webhookId);
    await stack.sql`delete from webhook_queue`;
    await attempts(webhookId, 1, throttled);
    expect(await healthOf(webhookId)).toMatchObject({ paused_for: null, pauses: 0 });
  });

  it('with 503 and Retry-After is held too, and the retry is used up', async () => {
    const webhookId = await addWebhook(stack.sql);
    await attempts(webhookId, 1, { ...retryAfter(60_000), response_status: 503, hold_ms: 60_000 });
    expect(await holdOf(webhookId)).toMatchObject({ status_code: 503 });
    const [row] = await stack.sql`select retry_count from webhook_queue`;
    expect(row?.retry_count).toBe(1);
  });

  it('is not held by the answer to a test, and forgotten with a new URL', async () => {
    const webhookId = await addWebhook(stack.sql);
    const { data } = await stack.adminClient().rpc('create_test_delivery', {
      webhook_id: webhookId,
      event_type: 'webhook.test',
      payload: {},
      worker: 'x',
    });
    await settle(stack.adminClient(), [resultOf(data.items[0], { ...throttled, status: 'failed' })]);
    expect(await holdOf(webhookId)).toBeUndefined();
    await attempts(webhookId, 1, throttled);
    await stack.sql`update webhooks set url = 'https://elsewhere.test/' where id = ${webhookId}`;
    expect(await holdOf(webhookId)).toBeUndefined();
  });
});

describe('a delivery that is given back', () => {
  it('is due again after its delay, with nothing written and nothing used up', async () => {
    const webhookId = await addWebhook(stack.sql);
    const [item] = await attempts(webhookId, 1, { status: 'released', delay_ms: 60_000 });
    expect(await stack.sql`select from webhook_attempts`).toHaveLength(0);
    expect(await stack.sql`select from webhook_stats_hourly`).toHaveLength(0);
    const [row] = await stack.sql`
      select retry_count, attempt_count, locked_until, worker, extract(epoch from due_at - now())::float8 as due_in from webhook_queue`;
    expect(row).toMatchObject({ retry_count: 0, attempt_count: 0, locked_until: null, worker: null });
    expect(row?.due_in).toBeGreaterThan(50);
    expect(await settle(stack.adminClient(), [resultOf(item ?? { id: '', fence: 0 })])).toEqual([]);
    expect(await healthOf(webhookId)).toBeUndefined();
  });
});

it('a skipped delivery is final, neither success nor failure, and counted apart', async () => {
  const webhookId = await addWebhook(stack.sql);
  await attempts(webhookId, 2, { status: 'skipped', response_status: undefined, request_url: undefined });
  const rows = await stack.sql`select status, last_error_kind, attempt_count from webhook_deliveries`;
  expect([...rows]).toEqual(Array(2).fill({ status: 'skipped', last_error_kind: null, attempt_count: 1 }));
  const [stats] = await stack.sql`
    select sum(succeeded)::int as succeeded, sum(failed)::int as failed, sum(retried)::int as retried,
      sum(skipped)::int as skipped
    from webhook_stats_hourly`;
  expect(stats).toEqual({ succeeded: 0, failed: 0, retried: 0, skipped: 2 });
});

describe('a rate', () => {
  it('spreads requests evenly: so many a second and no more, whoever claims', async () => {
    const webhookId = await addWebhook(stack.sql, { rate_limit: 20, max_in_flight: 100 });
    await queueDeliveries(stack.sql, webhookId, 200);
    const client = stack.adminClient();
    const claimed: number[] = [];
    const began = Date.now();
    const drain = async () => {
      while (Date.now() - began < 2000) {
        const { batch } = await claim(client);
        for (const _ of batch.items) claimed.push(Date.now() - began);
        await settle(
          client,
          batch.items.map((item) => resultOf(item)),
        );
      }
    };
    await Promise.all([drain(), drain(), drain()]);
    // 20 a second and a first burst of 100 ms worth; a busy machine may have claimed less, never more.
    expect(claimed.length).toBeLessThanOrEqual(44);
    expect(claimed.length).toBeGreaterThan(20);
    for (const at of claimed) {
      expect(claimed.filter((other) => other >= at && other < at + 500).length).toBeLessThanOrEqual(13);
    }
  });

  it('says when the next turn comes, and holds up nobody else', async () => {
    const slow = await addWebhook(stack.sql, { rate_limit: 1 });
    await queueDeliveries(stack.sql, slow, 3);
    const client = stack.adminClient();
    const first = await claim(client);
    expect(first.batch.items).toHaveLength(1);
    expect(first.wait_ms).toBeGreaterThan(900);
    expect(first.wait_ms).toBeLessThanOrEqual(1000);
    await queueDeliveries(stack.sql, await addWebhook(stack.sql), 10);
    expect((await claim(client)).batch.items).toHaveLength(10);
  });

  it('that is taken away, or set later, holds at once', async () => {
    const webhookId = await addWebhook(stack.sql, { rate_limit: 1 });
    await queueDeliveries(stack.sql, webhookId, 8);
    expect(await claimAll(stack.adminClient())).toHaveLength(1);
    await stack.sql`update webhooks set rate_limit = null where id = ${webhookId}`;
    expect(await stack.sql`select from webhook_pace`).toHaveLength(0);
    expect(await claimAll(stack.adminClient())).toHaveLength(7);
    await stack.sql`update webhooks set rate_limit = 1 where id = ${webhookId}`;
    await stack.sql`delete from webhook_queue`;
    await queueDeliveries(stack.sql, webhookId, 8);
    expect(await claimAll(stack.adminClient())).toHaveLength(1);
  });
});

describe('retries beside first tries', () => {
  it('get at most half of the slots while first tries wait, and are not kept waiting by them', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 10 });
    const retries = await attempts(webhookId, 10, retryAfter(0));
    await stack.sql`update webhook_queue set due_at = now() - interval '1 hour'`;
    await queueDeliveries(stack.sql, webhookId, 50);
    const items = await claimAll(stack.adminClient());
    expect(items).toHaveLength(10);
    const ids = new Set(retries.map(({ id }) => id));
    expect(items.filter(({ id }) => ids.has(id))).toHaveLength(5);
  });
});

describe('410 Gone', () => {
  it('switches the webhook off, unless its former URL answered', async () => {
    const webhookId = await addWebhook(stack.sql, { url: 'https://new.test/' });
    const statusAfter = async (request_url: string) => {
      await attempts(webhookId, 1, { ...givenUp('gone'), request_url });
      return (await stack.sql`select status from webhooks where id = ${webhookId}`)[0]?.status;
    };
    expect(await statusAfter('https://former.test/')).toBe('active');
    expect(await statusAfter('https://new.test/')).toBe('inactive');
  });
});

describe('nothing but failures for five days', () => {
  const failSince = (webhookId: string, failures: number, days: number, until = 0) => stack.sql`
    insert into webhook_health (webhook_id, failures, failing_since, last_failed_at)
    values (${webhookId}, ${failures}, now() - ${days} * interval '1 day', now() - ${until} * interval '1 day')`;
  const disable = async () => dataOf(await stack.adminClient().rpc('disable_failing_webhooks'));

  it('switches the webhook off, keeps what waits, and tells the webhooks that listen', async () => {
    const dead = await addWebhook(stack.sql, { name: 'Mort' });
    const watcher = await addWebhook(stack.sql, { events: ['webhook.disabled'] });
    await queueDeliveries(stack.sql, dead, 3);
    await failSince(dead, 40, 6);
    expect(await disable()).toBe(1);
    const [row] = await stack.sql`select status, disabled_reason from webhooks where id = ${dead}`;
    expect(row).toEqual({ status: 'inactive', disabled_reason: 'failing' });
    expect(await stack.sql`select from webhook_queue where webhook_id = ${dead}`).toHaveLength(3);
    const { batch } = await claim(stack.adminClient());
    expect(batch.items).toMatchObject([{ webhook_id: watcher }]);
    const [event] = Object.values(batch.events);
    expect(event).toMatchObject({
      event_type: 'webhook.disabled',
      payload: expect.stringContaining(`"reason" : "failing"`),
    });
    expect(await disable()).toBe(0);
  });

  it('is not fewer days, and not a handful of attempts', async () => {
    await failSince(await addWebhook(stack.sql), 40, 4);
    await failSince(await addWebhook(stack.sql), 9, 9);
    expect(await disable()).toBe(0);
  });

  it('is not one bad hour and then silence; the next failure tells', async () => {
    const webhookId = await addWebhook(stack.sql);
    await failSince(webhookId, 40, 6, 6);
    expect(await disable()).toBe(0);
    await attempts(webhookId, 1, failure);
    expect(await disable()).toBe(1);
  });

  it('begins again when the webhook is activated', async () => {
    const webhookId = await addWebhook(stack.sql);
    await failSince(webhookId, 40, 6);
    await disable();
    await (await stack.clientFor('admin')).rpc('activate_webhook', { webhook_id: webhookId });
    expect(await healthOf(webhookId)).toBeUndefined();
    expect(await disable()).toBe(0);
    const [row] = await stack.sql`select status, disabled_reason from webhooks where id = ${webhookId}`;
    expect(row).toEqual({ status: 'active', disabled_reason: null });
  });

  it('is no event that anybody can trigger', async () => {
    const { error } = await stack
      .adminClient()
      .rpc('emit_webhook_event', { event_type: 'webhook.disabled', payload: { id: '1' } });
    expect(error?.message).toBe('unknown_event');
  });
});

describe('leases of a worker that died', () => {
  it('are given up when a worker of the same name starts, and only those', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100 });
    await queueDeliveries(stack.sql, webhookId, 6);
    const client = stack.adminClient();
    const dead = (await claim(client, { max: 2, worker: 'web-1/aaaa' })).batch.items;
    await claim(client, { max: 2, worker: 'web-10/bbbb' });
    await claim(client, { max: 2, worker: 'web-1/cccc' });
    const released = await client.rpc('release_webhook_leases', { worker: 'web-1', present: 'web-1/cccc' });
    expect(dataOf(released)).toBe(2);
    const again = (await claim(client)).batch.items;
    expect(again.map(({ id }) => id).sort()).toEqual(dead.map(({ id }) => id).sort());
    // The dead one was only slow: its fence is gone.
    expect(
      await settle(
        client,
        dead.map((item) => resultOf(item)),
      ),
    ).toEqual([]);
  });
});
