import { beforeEach, describe, expect, it } from 'vitest';
import { deliveryErrorKinds } from '@/lib/domain/deliveryErrorKinds';
import { eventSchemas } from '@/lib/domain/eventSchemas';
import { statusFamily } from '@/lib/domain/statusFamily';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import {
  addWebhook,
  claimAll,
  dataOf,
  emitAs,
  finishJobs,
  givenUp,
  queueDeliveries,
  resultOf,
  retryAfter,
  settle,
} from '../support/webhooks';

/*
 * What the system tells of itself: in the transaction that finds it out, once until it is over, and never of its own telling.
 */

const stack = testStack();
beforeEach(async () => {
  await emptyTables(stack.sql);
});

const failure = retryAfter(1000);
const system = ['webhook.failing', 'webhook.recovered', 'webhook.disabled', 'delivery.exhausted'];

/** A webhook that listens to all that the system tells. */
const addWatcher = (events = ['webhook.*', 'delivery.*']) =>
  addWebhook(stack.sql, { name: 'Veilleur', events });

/** Attempts `count` deliveries of a webhook that all end alike; what others have waits. */
async function attempts(webhookId: string, count: number, fields = {}) {
  await queueDeliveries(stack.sql, webhookId, count);
  await settleOf(webhookId, fields);
}
async function settleOf(webhookId: string, fields = {}) {
  await stack.sql`update webhook_queue set due_at = now(), locked_until = null where webhook_id = ${webhookId}`;
  const items = (await claimAll(stack.adminClient())).filter((item) => item.webhook_id === webhookId);
  await settle(
    stack.adminClient(),
    items.map((item) => resultOf(item, fields)),
  );
  return items;
}
const endPause = (webhookId: string) =>
  stack.sql`update webhook_health set paused_until = now() - interval '1 ms' where webhook_id = ${webhookId}`;
const told = async () =>
  (
    await stack.sql<{ event_type: string }[]>`
    select event_type from webhook_events where origin = 'system' order by id`
  ).map((row) => row.event_type);
/** The payload of the latest event of a type, as its schema has it. */
async function latest<T extends 'webhook.failing' | 'webhook.recovered' | 'delivery.exhausted'>(type: T) {
  const [row] = await stack.sql<{ payload: unknown }[]>`
    select payload from webhook_events where event_type = ${type} order by id desc limit 1`;
  return eventSchemas[type].parse(row?.payload) as ReturnType<(typeof eventSchemas)[T]['parse']>;
}
const waitingFor = async (webhookId: string) =>
  (
    await stack.sql<{ event_type: string }[]>`
    select event_type from webhook_queue where webhook_id = ${webhookId} order by id`
  ).map((row) => row.event_type);
/** Runs a chore of the watch. */
const chore = async (name: 'watch_receivers' | 'watch_rates') =>
  dataOf(await stack.adminClient().rpc('run_webhook_chore', { chore: name, keep_days: 30 }));

describe('a receiver that breaks', () => {
  it('is told of when its breaker opens, with an example, its cause and its cure; once', async () => {
    const watcher = await addWatcher();
    const broken = await addWebhook(stack.sql, { name: 'Compta', max_in_flight: 100 });
    await attempts(broken, 19, failure);
    expect(await told()).toEqual([]);
    await attempts(broken, 1, failure);
    expect(await told()).toEqual(['webhook.failing']);
    expect(await latest('webhook.failing')).toMatchObject({
      id: broken,
      name: 'Compta',
      reason: 'paused',
      waiting: 20,
      link: `/webhooks/${broken}`,
      delivery: {
        event: { type: 'lead.created' },
        record_id: '1',
        attempts: expect.any(Number),
        last_attempt: { status_code: 500, error_kind: 'status' },
        title: { fr: 'Erreur du récepteur', en: expect.any(String) },
        cause: { fr: expect.stringContaining('5xx'), en: expect.stringContaining('5xx') },
        cure: { fr: expect.any(String) },
      },
    });
    expect(await waitingFor(watcher)).toEqual(['webhook.failing']);
    for (let again = 0; again < 3; again++) {
      await endPause(broken);
      await settleOf(broken, failure);
    }
    await chore('watch_receivers');
    expect(await told()).toEqual(['webhook.failing']);
  });

  it('that recovers is told of once, with how long it lasted and what waits; and then it may break again', async () => {
    await addWatcher();
    const broken = await addWebhook(stack.sql, { max_in_flight: 100 });
    await attempts(broken, 20, failure);
    await stack.sql`update webhook_troubles set since = now() - interval '90 seconds'`;
    await endPause(broken);
    await settleOf(broken); // the probe
    expect(await told()).toEqual(['webhook.failing', 'webhook.recovered']);
    const payload = await latest('webhook.recovered');
    expect(payload).toMatchObject({ id: broken, reasons: ['paused'], waiting: 19 });
    expect(payload.lasted_seconds).toBeGreaterThanOrEqual(90);
    await settleOf(broken);
    await chore('watch_receivers');
    expect(await told()).toHaveLength(2);
    await attempts(broken, 20, failure);
    expect(await told()).toEqual(['webhook.failing', 'webhook.recovered', 'webhook.failing']);
  });

  it('and a person who gives it another address: that proves nothing, the next success does', async () => {
    const broken = await addWebhook(stack.sql, { max_in_flight: 100 });
    await attempts(broken, 20, failure);
    await stack.sql`update webhooks set url = 'https://other.test/' where id = ${broken}`;
    await chore('watch_receivers');
    expect(await told()).toEqual(['webhook.failing']);
    await settleOf(broken);
    await chore('watch_receivers');
    expect(await told()).toEqual(['webhook.failing', 'webhook.recovered']);
  });

  it('is told of in the transaction that finds it out: taken back, nothing was', async () => {
    const broken = await addWebhook(stack.sql, { max_in_flight: 100 });
    await attempts(broken, 19, failure);
    await queueDeliveries(stack.sql, broken);
    const [item] = await claimAll(stack.adminClient());
    const results = [resultOf(item as { id: string; fence: number }, failure)];
    await stack.sql
      .begin(async (sql) => {
        await sql`select settle_webhook_deliveries(${sql.json(results as never)})`;
        expect(await sql`select from webhook_events where event_type = 'webhook.failing'`).toHaveLength(1);
        throw new Error('taken back');
      })
      .catch(() => {});
    expect(await told()).toEqual([]);
    await settle(stack.adminClient(), results);
    expect(await told()).toEqual(['webhook.failing']);
  });
});

describe('a delivery that was given up', () => {
  it('is told of with its record, its event, its last attempt, cause and cure', async () => {
    const watcher = await addWatcher(['delivery.exhausted']);
    const webhookId = await addWebhook(stack.sql, { name: 'Compta' });
    const payload = { id: 'lead-7', prenom: 'Chloé', nom: 'Lefèvre' };
    const { event_id } = await emitAs(stack.adminClient(), {
      event_type: 'lead.created',
      payload: JSON.stringify(payload),
    });
    const [item] = await settleOf(webhookId, { ...givenUp(), response_status: 422, fault: 'refusal' });
    expect(await latest('delivery.exhausted')).toMatchObject({
      id: 'lead-7',
      lead_id: null,
      record_label: 'Chloé Lefèvre',
      webhook: { id: webhookId, name: 'Compta' },
      delivery_id: item?.id,
      event: { id: event_id, type: 'lead.created' },
      attempts: 1,
      last_attempt: { status_code: 422 },
      title: { fr: 'Contenu refusé' },
      link: `/deliveries/${item?.id}`,
    });
    const [event] =
      await stack.sql`select record_label from webhook_events where event_type = 'delivery.exhausted'`;
    expect(event?.record_label).toBe('Chloé Lefèvre');
    expect(await waitingFor(watcher)).toEqual(['delivery.exhausted']);
  });

  it('is told of once per webhook, until nothing was given up for ten minutes and something arrived', async () => {
    const webhookId = await addWebhook(stack.sql, { max_in_flight: 100 });
    const refusal = { ...givenUp(), response_status: 422, fault: 'refusal' } as const;
    await attempts(webhookId, 3, refusal);
    await attempts(webhookId, 2);
    await attempts(webhookId, 3, refusal);
    await attempts(webhookId, 2);
    await chore('watch_receivers');
    expect(await told()).toEqual(['delivery.exhausted']);
    await stack.sql`update webhook_troubles set since = now() - interval '1 hour', last_at = now() - interval '11 minutes'`;
    await chore('watch_receivers');
    expect(await told()).toEqual(['delivery.exhausted', 'webhook.recovered']);
    expect(await latest('webhook.recovered')).toMatchObject({ reasons: ['exhausted'], waiting: 0 });
    await attempts(webhookId, 1, refusal);
    expect(await told()).toHaveLength(3);
  });

  it('and never arrives again, is not over', async () => {
    const webhookId = await addWebhook(stack.sql);
    await attempts(webhookId, 1, {
      ...givenUp('transform_error'),
      response_status: undefined,
      fault: undefined,
    });
    await stack.sql`update webhook_troubles set last_at = now() - interval '11 minutes'`;
    await chore('watch_receivers');
    expect(await told()).toEqual(['delivery.exhausted']);
  });

  it('is over with the breaker that closes: what was given up was given up for the same reason', async () => {
    const broken = await addWebhook(stack.sql, { max_in_flight: 100 });
    await attempts(broken, 20, givenUp());
    expect((await told()).sort()).toEqual(['delivery.exhausted', 'webhook.failing']);
    await endPause(broken);
    await attempts(broken, 1);
    expect(await told()).toHaveLength(3);
    expect((await latest('webhook.recovered')).reasons.sort()).toEqual(['exhausted', 'paused']);
  });

  it('is erased with its record', async () => {
    const webhookId = await addWebhook(stack.sql);
    await emitAs(stack.adminClient(), {
      event_type: 'lead.created',
      payload: JSON.stringify({ id: 'lead-7', prenom: 'Chloé', nom: 'Lefèvre' }),
    });
    await settleOf(webhookId, givenUp());
    await (await stack.clientFor('admin')).rpc('erase_webhook_record', { record_id: 'lead-7' });
    const rows =
      await stack.sql`select from webhook_events where payload::text like '%Chlo%' or record_label is not null`;
    expect(rows).toHaveLength(0);
  });

  it.each(['cancelled', 'erased', 'webhook_deleted'] as const)('as %s is nobody’s trouble', async (kind) => {
    await attempts(await addWebhook(stack.sql), 1, { ...givenUp(kind), fault: undefined });
    expect(await told()).toEqual([]);
  });

  it('as a test is only an answer', async () => {
    const webhookId = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, webhookId);
    await stack.sql`update webhook_queue set is_test = true`;
    await settleOf(webhookId, givenUp());
    expect(await told()).toEqual([]);
  });
});

describe('the rate of 24 hours', () => {
  const count = (webhookId: string, succeeded: number, failed: number) => stack.sql`
    insert into webhook_stats_hourly (webhook_id, hour, succeeded, failed, latency_histogram)
    values (${webhookId}, date_trunc('hour', now()), ${succeeded}, ${failed}, array_fill(0, array[16]))
    on conflict (webhook_id, hour, stripe) do update set succeeded = excluded.succeeded, failed = excluded.failed`;
  const failed = async () => {
    const webhookId = await addWebhook(stack.sql);
    await attempts(webhookId, 1, { ...givenUp(), response_status: 422, fault: 'refusal' });
    return webhookId;
  };

  it('under 90% is told of once, and again when it is 95%', async () => {
    const webhookId = await failed();
    await count(webhookId, 79, 20);
    await chore('watch_rates');
    await chore('watch_rates');
    expect(await told()).toEqual(['delivery.exhausted', 'webhook.failing']);
    expect(await latest('webhook.failing')).toMatchObject({ reason: 'rate', success_rate: 0.79 });
    await count(webhookId, 180, 19);
    await chore('watch_rates');
    expect(await told()).toHaveLength(2);
    await count(webhookId, 400, 19);
    await chore('watch_rates');
    expect(await told()).toEqual(['delivery.exhausted', 'webhook.failing', 'webhook.recovered']);
    expect(await latest('webhook.recovered')).toMatchObject({ reasons: ['rate'] });
  });

  it('is no matter of a handful of failures, nor of what has been told of as an outage', async () => {
    await count(await failed(), 0, 8);
    const broken = await addWebhook(stack.sql, { max_in_flight: 100 });
    await attempts(broken, 20, givenUp());
    await count(broken, 0, 100);
    await endPause(broken);
    await attempts(broken, 1);
    await chore('watch_rates');
    expect((await told()).filter((type) => type === 'webhook.failing')).toHaveLength(1);
  });
});

describe('nothing is told', () => {
  it('to the webhook that it is about', async () => {
    const both = await addWebhook(stack.sql, {
      events: ['lead.created', 'webhook.*', 'delivery.*'],
      max_in_flight: 100,
    });
    await attempts(both, 20, givenUp());
    expect((await told()).sort()).toEqual(['delivery.exhausted', 'webhook.failing']);
    expect(await waitingFor(both)).toEqual([]);
  });

  it('to it later either: it does not miss what is about itself, and the journal says why', async () => {
    const both = await addWebhook(stack.sql, { events: ['lead.created', 'delivery.*'] });
    const other = await addWatcher();
    await attempts(both, 1, givenUp());
    await stack.sql`delete from webhook_queue`; // so that the other one misses it
    for (const [webhookId, missing] of [
      [both, 0],
      [other, 1],
    ] as const) {
      const [row] = await stack.sql<{ n: number }[]>`
        select sum(never_had)::int as n from reconcile_webhook(${webhookId}, now() - interval '1 hour', now())`;
      expect(row?.n ?? 0).toBe(missing);
      await stack.sql`select send_missing_webhook_events(${webhookId}, now() - interval '1 hour')`;
    }
    await finishJobs(stack.adminClient());
    expect(await waitingFor(both)).toEqual([]);
    expect(await waitingFor(other)).toEqual(['delivery.exhausted']);
    const [event] = await stack.sql<{ detail: { not_sent_to: object[] } }[]>`
      select get_webhook_event(id) as detail from webhook_events where event_type = 'delivery.exhausted'`;
    expect(event?.detail.not_sent_to).toMatchObject([
      { webhook_id: both, reason: 'about_itself', matches_now: false },
    ]);
  });

  it('of the delivery of what is told: two watchers that break tell nothing of each other', async () => {
    const watchers = [await addWatcher(), await addWatcher()];
    const broken = await addWebhook(stack.sql);
    for (let round = 0; round < 25; round++) {
      await stack.sql`select tell_webhooks(${broken}, 'webhook.failing', '{"id":"x"}')`;
      for (const watcher of watchers) {
        await endPause(watcher);
        await settleOf(watcher, round % 2 === 0 ? failure : givenUp());
      }
    }
    await chore('watch_receivers');
    await chore('watch_rates');
    expect(await stack.sql`select from webhook_health where paused_until is not null`).toHaveLength(2);
    expect(await told()).toEqual(Array(25).fill('webhook.failing'));
    expect(await stack.sql`select from webhook_troubles`).toHaveLength(0);
  });

  it('by whoever likes: only the system emits it', async () => {
    for (const event_type of system) {
      const { error } = await stack
        .adminClient()
        .rpc('emit_webhook_event', { event_type, payload: { id: '1' } });
      expect(error?.message).toBe('unknown_event');
    }
  });

  it('to those that listen to everything of the CRM', async () => {
    const everything = await addWebhook(stack.sql, { events: ['*'] });
    await attempts(await addWebhook(stack.sql), 1, givenUp());
    expect(await waitingFor(everything)).toEqual([]);
  });

  it('and nothing is written of troubles where everything arrives', async () => {
    await attempts(await addWebhook(stack.sql, { max_in_flight: 100 }), 50);
    expect(await stack.sql`select from webhook_troubles`).toHaveLength(0);
    expect(await told()).toEqual([]);
  });
});

describe('causes and cures', () => {
  it('are those of the console, in both languages', async () => {
    const rows = await stack.sql`select * from webhook_failure_causes order by name`;
    const [fr, en] = await Promise.all(
      (['fr', 'en'] as const).map(async (locale) => ({
        ...(await import(`../../lib/i18n/messages/${locale}/errors.json`)).default.kinds,
        ...Object.fromEntries(
          Object.entries(
            (await import(`../../lib/i18n/messages/${locale}/deliveries.json`)).default.families,
          ).map(([name, texts]) => [`status_${name}`, texts]),
        ),
      })),
    );
    const both = Object.keys(fr).map((name) => ({
      name,
      title: { fr: fr[name].title, en: en[name].title },
      cause: { fr: fr[name].cause, en: en[name].cause },
      cure: { fr: fr[name].cure, en: en[name].cure },
    }));
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect([...rows].sort(byName as never)).toEqual(both.sort(byName));
  });

  it('are found by what the console finds them by', async () => {
    const codes = Array.from({ length: 599 - 100 }, (_, n) => n + 100).filter((n) => n < 200 || n >= 400);
    const rows = await stack.sql<{ code: number; name: string }[]>`
      select code, webhook_failure_cause('status', code) as name from unnest(${codes}::int[]) as code`;
    for (const { code, name } of rows) expect([code, name]).toEqual([code, `status_${statusFamily(code)}`]);
    const kinds = await stack.sql<{ missing: string[] }[]>`
      select array(select kind from unnest(${[...deliveryErrorKinds]}::text[]) as kind
        where not exists (select from webhook_failure_causes c where c.name = webhook_failure_cause(kind, null))) as missing`;
    expect(kinds[0]?.missing).toEqual([]);
  });
});
