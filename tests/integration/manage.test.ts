import type { SupabaseClient } from '@supabase/supabase-js';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { queueFigures } from '@/lib/store/upkeepStore';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import {
  addWebhook,
  claimAll,
  dataOf,
  finishJobs,
  givenUp,
  queueDeliveries,
  resultOf,
  runJobs,
  settle,
  unknownId,
} from '../support/webhooks';

const stack = testStack();
let admin: SupabaseClient;
let adminId: string | undefined;
beforeAll(async () => {
  admin = await stack.clientFor('admin');
  adminId = (await admin.auth.getUser()).data.user?.id;
});
beforeEach(async () => {
  await emptyTables(stack.sql);
});

const deliveryOf = async (id: string) => {
  const [row] = await stack.sql`
    select status, in_flight, last_error_kind, last_error, attempt_count, next_attempt_at from webhook_deliveries where id = ${id}`;
  return row;
};

describe('an administrator', () => {
  it('creates, changes and deletes a webhook through the API, and the audit log keeps it', async () => {
    const created = await admin
      .from('webhooks')
      .insert({
        name: 'Slack',
        url: 'https://hooks.test/',
        events: ['lead.created'],
        headers: { 'X-A': '"1"' },
      })
      .select()
      .single();
    const webhook = dataOf<Record<string, unknown>>(created);
    expect(webhook).toMatchObject({
      headers: { 'X-A': '"1"' },
      status: 'active',
      disabled_reason: null,
      description: '',
      transform_enabled: false,
      transform_script: '',
      retry_enabled: true,
      max_retries: 3,
      retry_delay: 5,
      timeout_ms: 5000,
      seed_signature_enabled: true,
      body_format: 'envelope',
      max_in_flight: 16,
      created_by: adminId,
    });
    const id = String(webhook.id);
    const changed = await admin.from('webhooks').update({ name: 'Teams' }).eq('id', id).select().single();
    expect(dataOf<{ updated_at: string }>(changed).updated_at > String(webhook.updated_at)).toBe(true);
    dataOf(await admin.from('webhooks').delete().eq('id', id));
    const log = await admin
      .from('webhook_audit_log')
      .select('action, user_id')
      .eq('webhook_id', id)
      .order('id');
    expect(dataOf(log)).toEqual(
      ['created', 'updated', 'deleted'].map((action) => ({ action, user_id: adminId })),
    );
  });
});

describe('a webhook that is deleted', () => {
  it('ends what waits as failed, and keeps its log', async () => {
    const webhookId = await addWebhook(stack.sql);
    const [done = ''] = await queueDeliveries(stack.sql, webhookId);
    await settle(
      stack.adminClient(),
      (await claimAll(stack.adminClient())).map((item) => resultOf(item)),
    );
    const [waiting = '', later = ''] = await queueDeliveries(stack.sql, webhookId, 2);
    await stack.sql`update webhook_queue set due_at = now() + interval '1 hour' where id = ${later}`;
    const other = await queueDeliveries(stack.sql, await addWebhook(stack.sql));
    dataOf(await admin.from('webhooks').delete().eq('id', webhookId));
    expect(dataOf(await admin.from('webhooks').select('id').eq('id', webhookId))).toEqual([]);
    expect((await claimAll(stack.adminClient())).map(({ id }) => id)).toEqual(other);
    await finishJobs(stack.adminClient());
    expect(await stack.sql`select from webhooks where id = ${webhookId}`).toHaveLength(0);
    for (const id of [waiting, later]) {
      expect(await deliveryOf(id)).toMatchObject({
        status: 'failed',
        last_error_kind: 'webhook_deleted',
        attempt_count: 0,
        next_attempt_at: null,
      });
    }
    expect(await deliveryOf(done)).toMatchObject({ status: 'success' });
    expect(await stack.sql`select from webhook_attempts where delivery_id = ${done}`).toHaveLength(1);
    const queued = await stack.sql<{ id: string }[]>`select id from webhook_queue`;
    expect(queued.map((row) => row.id)).toEqual(other);
  });

  it('keeps everything when the deletion is rolled back', async () => {
    const webhookId = await addWebhook(stack.sql);
    const [id = ''] = await queueDeliveries(stack.sql, webhookId);
    const undone = stack.sql.begin(async (transaction) => {
      await transaction`delete from webhooks where id = ${webhookId}`;
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(await deliveryOf(id)).toMatchObject({ status: 'pending' });
    expect(await claimAll(stack.adminClient())).toHaveLength(1);
  });
});

describe('an inactive webhook', () => {
  it('gets no new deliveries and keeps what waits, untouched by other changes', async () => {
    const webhookId = await addWebhook(stack.sql);
    const [id = ''] = await queueDeliveries(stack.sql, webhookId);
    dataOf(await admin.from('webhooks').update({ status: 'inactive' }).eq('id', webhookId));
    dataOf(await admin.from('webhooks').update({ name: 'renamed', status: 'inactive' }).eq('id', webhookId));
    const emitted = await admin.rpc('emit_webhook_event', { event_type: 'lead.created', payload: {} });
    expect(dataOf<{ deliveries: number }>(emitted).deliveries).toBe(0);
    expect(await deliveryOf(id)).toMatchObject({ status: 'pending', next_attempt_at: null });
    expect(await claimAll(stack.adminClient())).toEqual([]);
  });
});

describe('activation', () => {
  const activate = async (webhook_id: string, waiting?: string) =>
    dataOf(await admin.rpc('activate_webhook', { webhook_id, ...(waiting && { waiting }) }));

  /** An inactive webhook with one delivery that waits, one whose retry is an hour away and one in flight. */
  async function inactive() {
    const { sql } = stack;
    const webhookId = await addWebhook(sql);
    const [flying = ''] = await queueDeliveries(sql, webhookId);
    const [item] = await claimAll(stack.adminClient());
    const [waiting = '', later = ''] = await queueDeliveries(sql, webhookId, 2);
    await sql`update webhook_queue set due_at = now() + interval '1 hour', retry_count = 1 where id = ${later}`;
    await sql`update webhooks set status = 'inactive', disabled_reason = 'gone' where id = ${webhookId}`;
    return { webhookId, flying, waiting, later, item: item ?? { id: '', fence: 0 } };
  }
  const webhookOf = async (id: string) => {
    const [row] = await stack.sql`select status, disabled_reason from webhooks where id = ${id}`;
    return row;
  };

  it.each([undefined, 'send'])('with waiting = %s sends what waits, each at its time', async (choice) => {
    const { webhookId, waiting, later, item } = await inactive();
    await activate(webhookId, choice);
    expect(await webhookOf(webhookId)).toEqual({ status: 'active', disabled_reason: null });
    expect((await claimAll(stack.adminClient())).map(({ id }) => id)).toEqual([waiting]);
    const [row] = await stack.sql`
      select due_at between now() + interval '59 minutes' and now() + interval '1 hour' as kept
      from webhook_queue where id = ${later}`;
    expect(row).toEqual({ kept: true });
    expect(await settle(stack.adminClient(), [resultOf(item)])).toHaveLength(1);
  });

  it('with waiting = cancel ends what waits, not what is in flight', async () => {
    const { webhookId, flying, waiting, later, item } = await inactive();
    await activate(webhookId, 'cancel');
    expect(await claimAll(stack.adminClient())).toEqual([]);
    await runJobs(stack.adminClient(), 3);
    for (const id of [waiting, later]) {
      expect(await deliveryOf(id)).toMatchObject({ status: 'failed', last_error_kind: 'cancelled' });
    }
    expect(await deliveryOf(flying)).toMatchObject({ status: 'pending', in_flight: true });
    expect(await settle(stack.adminClient(), [resultOf(item)])).toEqual([flying]);
    expect(await webhookOf(webhookId)).toEqual({ status: 'active', disabled_reason: null });
  });

  it('with waiting = cancel takes nothing from a webhook that was active all along', async () => {
    const webhookId = await addWebhook(stack.sql);
    const [id = ''] = await queueDeliveries(stack.sql, webhookId);
    await activate(webhookId, 'cancel');
    expect(await deliveryOf(id)).toMatchObject({ status: 'pending' });
  });

  it('refuses another choice and an unknown webhook, and changes nothing', async () => {
    const { webhookId } = await inactive();
    await expect(activate(webhookId, 'drop')).rejects.toThrow('validation_failed');
    expect(await webhookOf(webhookId)).toMatchObject({ status: 'inactive' });
    await expect(activate(unknownId())).rejects.toThrow('webhook_not_found');
  });
});

describe('rotation', () => {
  const rotate = async (webhook_id: string, secret: string) =>
    dataOf(await admin.rpc('rotate_webhook_secret', { webhook_id, secret }));
  const stored = async (webhookId: string) => {
    const [row] = await stack.sql`
      select *, extract(epoch from previous_expires_at - now())::float8 as overlap_s
      from webhook_secrets where webhook_id = ${webhookId}`;
    return row ?? {};
  };
  const reveal = async (webhook_id: string) =>
    dataOf<Record<string, string | null>>(await admin.rpc('reveal_webhook_secrets', { webhook_id }));

  it('of the signing secret keeps its predecessor for 24 hours', async () => {
    const id = await addWebhook(stack.sql);
    const before = await stored(id);
    await rotate(id, 'signing_secret');
    const after = await stored(id);
    expect(after.signing_secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(after.signing_secret).not.toBe(before.signing_secret);
    expect(after.previous_signing_secret).toBe(before.signing_secret);
    expect(after.overlap_s).toBeGreaterThan(86_390);
    expect(after.overlap_s).toBeLessThanOrEqual(86_400);
    expect(after.secret_key).toBe(before.secret_key);
    const revealed = await reveal(id);
    expect(revealed).toMatchObject({ secret_key: after.secret_key, signing_secret: after.signing_secret });
    expect(Object.keys(revealed).sort()).toEqual(['previous_expires_at', 'secret_key', 'signing_secret']);
    expect(Date.parse(revealed.previous_expires_at ?? '')).toBe(after.previous_expires_at.getTime());
    await stack.sql`update webhook_secrets set previous_expires_at = now() - interval '1 second'`;
    expect((await reveal(id)).previous_expires_at).toBeNull();
  });

  it('of the secret key counts at once and leaves the signing secret alone', async () => {
    const id = await addWebhook(stack.sql);
    const before = await stored(id);
    await rotate(id, 'secret_key');
    const after = await stored(id);
    expect(after.secret_key).toMatch(/^[0-9a-f]{64}$/);
    expect(after.secret_key).not.toBe(before.secret_key);
    expect(after).toMatchObject({ signing_secret: before.signing_secret, previous_signing_secret: null });
    const log =
      await stack.sql`select action, user_id from webhook_audit_log where action = 'secret_rotated'`;
    expect([...log]).toEqual([{ action: 'secret_rotated', user_id: adminId }]);
  });

  it('touches one webhook, and refuses another secret and an unknown webhook', async () => {
    const [id, other] = [await addWebhook(stack.sql), await addWebhook(stack.sql)];
    const before = await stored(other);
    await rotate(id, 'signing_secret');
    await expect(rotate(id, 'previous_signing_secret')).rejects.toThrow('unknown_secret');
    await expect(rotate(unknownId(), 'secret_key')).rejects.toThrow('webhook_not_found');
    expect(await stored(other)).toMatchObject({
      secret_key: before.secret_key,
      signing_secret: before.signing_secret,
    });
    expect(await stack.sql`select from webhook_audit_log where action = 'secret_rotated'`).toHaveLength(1);
  });
});

describe('the activity of webhooks', () => {
  const activity = async (...webhook_ids: string[]) =>
    dataOf<Record<string, unknown>[]>(await admin.rpc('list_webhook_activity', { webhook_ids }));

  it('counts what waits, dates the last delivery and lists the hours of the last day', async () => {
    const [busy, quiet] = [await addWebhook(stack.sql), await addWebhook(stack.sql)];
    await queueDeliveries(stack.sql, busy, 3);
    const items = await claimAll(stack.adminClient());
    await settle(
      stack.adminClient(),
      items.map((item, n) => resultOf(item, n ? {} : givenUp())),
    );
    await queueDeliveries(stack.sql, busy, 2);
    const [last] = await stack.sql`select max(created_at) as at from webhook_queue`;
    await stack.sql`
      insert into webhook_stats_hourly (webhook_id, hour, succeeded, latency_histogram)
      select ${busy}, date_trunc('hour', now()) - n * interval '1 hour', n, array_fill(0, array[16])
      from unnest(array[1, 23, 24, 25]) as n`;
    const rows = await activity(busy, quiet);
    expect(rows).toHaveLength(2);
    expect(rows.find((row) => row.webhook_id === quiet)).toEqual({
      webhook_id: quiet,
      waiting: 0,
      last_delivery_at: null,
      last_24h: [],
      health: null,
    });
    const row = rows.find(({ webhook_id }) => webhook_id === busy);
    expect(row?.waiting).toBe(2);
    expect(Date.parse(String(row?.last_delivery_at))).toBe(last?.at.getTime());
    expect(row?.last_24h).toEqual([
      { hour: expect.any(String), succeeded: 23, failed: 0, retried: 0 },
      { hour: expect.any(String), succeeded: 1, failed: 0, retried: 0 },
      { hour: expect.any(String), succeeded: 2, failed: 1, retried: 0 },
    ]);
    expect(await activity()).toEqual([]);
  });

  it('tells how often and since when its receiver fails', async () => {
    const id = await addWebhook(stack.sql);
    await stack.sql`insert into webhook_health (webhook_id, failures, paused_until)
      values (${id}, 26, now() + interval '5 minutes')`;
    expect(await activity(id)).toMatchObject([
      { health: { failures: 26, failing_since: expect.any(String), paused_until: expect.any(String) } },
    ]);
  });

  it('counts up to 1,000', async () => {
    const id = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, id, 1200);
    expect(await activity(id)).toMatchObject([{ waiting: 1000 }]);
  });
});

describe('the figures of the queue', () => {
  it('are zero in an empty one, and name every chore', async () => {
    const figures = await queueFigures();
    expect(figures).toMatchObject({
      schema_version: expect.stringMatching(/^\d{14}$/),
      oldest_claimable_ms: null,
      deliveries: { pending: 0, retrying: 0, in_flight: 0 },
      held: { inactive: 0, paused: 0, throttled: 0, limited: 0 },
      breakers: { open: 0, half_open: 0 },
      breaker_openings: 0,
      webhooks_failing: 0,
      webhooks: { active: 0, inactive: 0, disabled: 0 },
      workers: [],
      jobs: { running: 0, failed: 0 },
    });
    expect(figures.chores.map(({ chore }) => chore)).toContain('make_partitions');
  });

  it('count each delivery in one state, the breakers, and the webhooks', async () => {
    const id = await addWebhook(stack.sql);
    const [leased = '', retried = ''] = await queueDeliveries(stack.sql, id, 5);
    await stack.sql`update webhook_queue set locked_until = now() + interval '1 minute' where id = ${leased}`;
    await stack.sql`update webhook_queue set retry_count = 2 where id = ${retried}`;
    const inactive = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, inactive, 2);
    await stack.sql`update webhooks set status = 'inactive' where id = ${inactive}`;
    const disabled = await addWebhook(stack.sql);
    await stack.sql`update webhooks set status = 'inactive', disabled_reason = 'gone' where id = ${disabled}`;
    const throttled = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, throttled);
    await stack.sql`insert into webhook_holds values (${throttled}, now() + interval '1 minute', 429)`;
    await stack.sql`
      insert into webhook_health (webhook_id, failures, paused_until, pauses) values
        (${id}, 20, now() + interval '1 minute', 2), (${inactive}, 30, now() - interval '1 second', 1), (${disabled}, 1, null, 0)`;
    expect(await queueFigures()).toMatchObject({
      deliveries: { pending: 6, retrying: 1, in_flight: 1 },
      held: { inactive: 1, paused: 1, throttled: 1, limited: 0 },
      breakers: { open: 1, half_open: 1 },
      breaker_openings: 3,
      webhooks_failing: 3,
      webhooks: { active: 2, inactive: 1, disabled: 1 },
    });
  });

  const due = (id: string, at: string) =>
    stack.sql.unsafe(`update webhook_queue set due_at = ${at} where id = $1`, [id]);

  it('tell of the oldest delivery that could be claimed, not of one that waits for its time or its webhook', async () => {
    const [later = ''] = await queueDeliveries(stack.sql, await addWebhook(stack.sql));
    await due(later, `now() + interval '1 minute'`);
    const inactive = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, inactive);
    await stack.sql`update webhooks set status = 'inactive' where id = ${inactive}`;
    expect((await queueFigures()).oldest_claimable_ms).toBeNull();

    for (const minutes of [1, 3, 2]) {
      const [id = ''] = await queueDeliveries(stack.sql, await addWebhook(stack.sql));
      await due(id, `now() - interval '${minutes} minutes'`);
    }
    const { oldest_claimable_ms } = await queueFigures();
    expect(oldest_claimable_ms).toBeGreaterThanOrEqual(180_000);
    expect(oldest_claimable_ms).toBeLessThan(190_000);
    await claimAll(stack.adminClient());
    expect((await queueFigures()).oldest_claimable_ms).toBeNull();
  });

  it('say that a webhook is limited whose requests are all under way, or whose rate has no turn', async () => {
    for (const fields of [{ max_in_flight: 1 }, { rate_limit: 1 }]) {
      await queueDeliveries(stack.sql, await addWebhook(stack.sql, fields), 3);
    }
    await claimAll(stack.adminClient());
    expect(await queueFigures()).toMatchObject({ oldest_claimable_ms: null, held: { limited: 2 } });
  });

  it('know the drains that exchange, and when one of them last wrote a result', async () => {
    await queueDeliveries(stack.sql, await addWebhook(stack.sql));
    const exchange = async (results: unknown[]) =>
      JSON.parse(
        dataOf(
          await stack.adminClient().rpc('exchange_webhook_deliveries', {
            results: JSON.stringify(results),
            max_items: 1,
            worker: 'web/1',
          }),
        ),
      );
    const { claim } = await exchange([]);
    expect((await queueFigures()).workers).toMatchObject([{ worker: 'web/1', last_settled_ms: null }]);
    await exchange([resultOf(claim.batch.items[0])]);
    const { workers } = await queueFigures();
    expect(workers).toMatchObject([
      { last_exchange_ms: expect.any(Number), last_settled_ms: expect.any(Number) },
    ]);
    expect(workers[0]?.last_settled_ms).toBeLessThan(10_000);
  });
});

describe('the view of deliveries', () => {
  it('pages by id over queue and history, and finds text in payloads', async () => {
    const webhookId = await addWebhook(stack.sql);
    const ids = await queueDeliveries(stack.sql, webhookId, 30);
    const items = await claimAll(stack.adminClient());
    await settle(
      stack.adminClient(),
      items.map((item, n) => resultOf(item, n % 2 ? {} : givenUp())),
    );
    const seen: string[] = [];
    for (;;) {
      let page = admin.from('webhook_deliveries').select('id').order('id', { ascending: false }).limit(7);
      const last = seen.at(-1);
      if (last) page = page.lt('id', last);
      const rows = dataOf<{ id: string }[]>(await page);
      if (rows.length === 0) break;
      seen.push(...rows.map((row) => row.id));
    }
    expect(seen).toEqual(ids.reverse());

    dataOf(
      await admin.rpc('emit_webhook_event', { event_type: 'lead.created', payload: { nom: 'Lefèvre 100%' } }),
    );
    const search = (text: string) =>
      admin.from('webhook_deliveries').select('webhook_id').ilike('payload_text', text);
    expect(dataOf(await search('%LEFÈVRE 100\\%%'))).toEqual([{ webhook_id: webhookId }]);
    expect(dataOf(await search('%Lefebvre%'))).toEqual([]);
  });
});
