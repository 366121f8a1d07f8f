import type { SupabaseClient } from '@supabase/supabase-js';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '@/lib/domain/job';
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
  runJobs,
  settle,
  unknownId,
} from '../support/webhooks';

/*
 * What grows with a queue: asked for in an instant, done in steps beside the sending.
 */

const stack = testStack();
let admin: SupabaseClient;
let service: SupabaseClient;
beforeAll(async () => {
  admin = await stack.clientFor('admin');
  service = stack.adminClient();
});
beforeEach(async () => {
  await emptyTables(stack.sql);
});

const call = async (verb: string, args: Record<string, unknown>) => dataOf<Job>(await admin.rpc(verb, args));
const queued = async () => (await stack.sql`select from webhook_queue`).length;
const history = async () => {
  const rows = await stack.sql`
    select status, last_error_kind as kind, count(*)::int as n from webhook_history group by 1, 2 order by 1, 2`;
  return rows.map(({ status, kind, n }) => `${n} ${status} ${kind ?? ''}`.trim());
};

describe('cancelling all that waits', () => {
  const cancel = (webhook_id: string) => call('cancel_waiting_deliveries', { webhook_id });

  it('counts at once, is done in steps and says how far it is', async () => {
    const id = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, id, 1200);
    const other = await queueDeliveries(stack.sql, await addWebhook(stack.sql), 3);
    const job = await cancel(id);
    expect(job).toMatchObject({ kind: 'cancel', webhook_id: id, state: 'running', done: 0, total: null });
    expect((await claimAll(service)).map((item) => item.id)).toEqual(other);
    const [row] = await stack.sql`
      select distinct waits_for, next_attempt_at from webhook_deliveries where webhook_id = ${id}`;
    expect(row).toEqual({ waits_for: 'cancellation', next_attempt_at: null });
    expect(await runJobs(service, 2)).toMatchObject({ done: 200, total: 1200, state: 'running' });
    expect(await finishJobs(service)).toMatchObject({ done: 1200, state: 'finished', error: null });
    expect(await history()).toEqual(['1200 failed cancelled']);
    expect(await queued()).toBe(3);
  });

  it('takes nothing that comes later, of however old a due time', async () => {
    const id = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, id, 5);
    await cancel(id);
    dataOf(await service.rpc('emit_webhook_event', { event_type: 'lead.created', payload: {} }));
    const waits = await stack.sql`
      select waits_for, count(*)::int as n from webhook_deliveries where webhook_id = ${id} group by 1 order by 1`;
    expect([...waits]).toEqual([
      { waits_for: 'cancellation', n: 5 },
      { waits_for: null, n: 1 },
    ]);
    expect(await claimAll(service)).toHaveLength(1);
    await finishJobs(service).catch(() => {});
    expect(await queued()).toBe(1);
  });

  it('leaves what is being sent to its end, and takes it when it would be tried again', async () => {
    const id = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, id, 2);
    const [fine, bad] = await claimAll(service);
    await queueDeliveries(stack.sql, id, 1);
    await cancel(id);
    expect(await runJobs(service, 4)).toMatchObject({ done: 1, state: 'running' });
    await settle(service, [resultOf(fine ?? { id: '', fence: 0 })]);
    await settle(service, [resultOf(bad ?? { id: '', fence: 0 }, retryAfter(3_600_000))]);
    expect(await finishJobs(service)).toMatchObject({ done: 2, state: 'finished' });
    expect(await history()).toEqual(['2 failed cancelled', '1 success']);
  });

  it('asked for twice is one job, up to the second time', async () => {
    const id = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, id, 2);
    const first = await cancel(id);
    await queueDeliveries(stack.sql, id, 2);
    expect((await cancel(id)).id).toBe(first.id);
    expect(await finishJobs(service)).toMatchObject({ done: 4, state: 'finished' });
  });

  it('that is stopped leaves the rest waiting, and it goes out', async () => {
    const id = await addWebhook(stack.sql, { max_in_flight: 100 });
    await queueDeliveries(stack.sql, id, 600);
    const job = await cancel(id);
    await runJobs(service, 2);
    expect(await call('stop_webhook_job', { job_id: job.id })).toMatchObject({ state: 'stopped', done: 200 });
    expect(await finishJobs(service)).toBeNull();
    expect(await claimAll(service)).toHaveLength(100);
    expect(await queued()).toBe(400);
  });

  it('of one or some is done at once, and says what became of each', async () => {
    const id = await addWebhook(stack.sql);
    const [flying = ''] = await queueDeliveries(stack.sql, id);
    await claimAll(service);
    const [done = ''] = await queueDeliveries(stack.sql, id);
    const [item] = await claimAll(service);
    await settle(service, [resultOf(item ?? { id: '', fence: 0 })]);
    const [waiting = ''] = await queueDeliveries(stack.sql, id);
    const missing = unknownId();
    const answer = dataOf<{ id: string; result: string }[]>(
      await admin.rpc('cancel_webhook_deliveries', {
        delivery_ids: [flying, done, waiting, missing, waiting],
      }),
    );
    expect(new Map(answer.map(({ id: each, result }) => [each, result]))).toEqual(
      new Map([
        [flying, 'in_flight'],
        [done, 'not_waiting'],
        [waiting, 'cancelled'],
        [missing, 'not_found'],
      ]),
    );
    expect(await history()).toEqual(['1 failed cancelled', '1 success']);
    const tooMany = Array.from({ length: 1001 }, unknownId);
    const { error } = await admin.rpc('cancel_webhook_deliveries', { delivery_ids: tooMany });
    expect(error?.message).toBe('validation_failed');
  });

  it('of a webhook that does not exist is refused', async () => {
    await expect(cancel(unknownId())).rejects.toThrow('webhook_not_found');
  });
});

describe('deleting a webhook', () => {
  it('wipes what it knew at once and ends what waits in steps; its log stays', async () => {
    const id = await addWebhook(stack.sql, { url: 'https://secret.test/token', headers: { 'X-Key': 'abc' } });
    await queueDeliveries(stack.sql, id, 700);
    const job = await call('delete_webhook', { webhook_id: id });
    expect(job).toMatchObject({ kind: 'delete', webhook_id: id, state: 'running' });
    const [tomb] = await stack.sql`select * from webhooks where id = ${id}`;
    expect(JSON.stringify(tomb)).not.toMatch(/secret\.test|abc|Test/);
    expect(await stack.sql`select from webhook_secrets where webhook_id = ${id}`).toHaveLength(0);
    expect(dataOf(await admin.from('webhooks').select().eq('id', id))).toEqual([]);
    await expect(call('delete_webhook', { webhook_id: id })).rejects.toThrow('webhook_not_found');
    await expect(call('activate_webhook', { webhook_id: id })).rejects.toThrow('webhook_not_found');
    expect(await call('stop_webhook_job', { job_id: job.id })).toMatchObject({ state: 'running' });
    expect(await finishJobs(service)).toMatchObject({ done: 700, state: 'finished' });
    expect(await stack.sql`select from webhooks`).toHaveLength(0);
    expect(await history()).toEqual(['700 failed webhook_deleted']);
    const log = await stack.sql`select action from webhook_audit_log order by id`;
    expect(log.map(({ action }) => action)).toEqual(['created', 'deleted']);
  });

  it('by whoever, a row or all of them, is the same', async () => {
    for (let n = 0; n < 3; n += 1) await queueDeliveries(stack.sql, await addWebhook(stack.sql), 2);
    await stack.sql`delete from webhooks`;
    expect(await stack.sql`select from webhooks where deleted_at is null`).toHaveLength(0);
    await finishJobs(service);
    expect(await stack.sql`select from webhooks`).toHaveLength(0);
    expect(await history()).toEqual(['6 failed webhook_deleted']);
  });

  it('ends its cancellation too', async () => {
    const id = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, id, 2);
    await call('cancel_waiting_deliveries', { webhook_id: id });
    await call('delete_webhook', { webhook_id: id });
    await finishJobs(service);
    const jobs = await stack.sql`select kind, state from webhook_jobs order by id`;
    expect([...jobs]).toEqual([
      { kind: 'cancel', state: 'stopped' },
      { kind: 'delete', state: 'finished' },
    ]);
  });
});

describe('replaying failures', () => {
  const since = '2020-01-01T00:00:00Z';
  const count = async (args: Record<string, unknown>) =>
    dataOf<{ count: number; capped: boolean }>(await admin.rpc('count_failed_deliveries', args));
  const settled = async (webhookId: string, n: number, fields = {}) => {
    const ids = await queueDeliveries(stack.sql, webhookId, n);
    for (let items = await claimAll(service); items.length > 0; items = await claimAll(service))
      await settle(
        service,
        items.map((item) => resultOf(item, fields)),
      );
    return ids;
  };

  it('takes up what failed, of active webhooks; tests, cancelled and skipped ones are left out', async () => {
    const one = await addWebhook(stack.sql);
    const two = await addWebhook(stack.sql);
    const inactive = await addWebhook(stack.sql);
    const failed = [...(await settled(one, 3, givenUp())), ...(await settled(two, 2, givenUp('timeout')))];
    await settled(inactive, 1, givenUp());
    await settled(one, 2, {});
    await settled(one, 2, { status: 'skipped', response_status: undefined });
    const [test = ''] = await settled(one, 1, givenUp());
    await stack.sql`update webhook_history set is_test = true where id = ${test}`;
    const [dropped = ''] = await queueDeliveries(stack.sql, one);
    await admin.rpc('cancel_webhook_deliveries', { delivery_ids: [dropped] });
    await stack.sql`update webhooks set status = 'inactive' where id = ${inactive}`;

    expect(await count({ since })).toEqual({ count: 5, capped: false });
    expect(await count({ since, target: two })).toEqual({ count: 2, capped: false });
    expect(await queued()).toBe(0);
    expect(await call('replay_failed_deliveries', { since })).toMatchObject({
      kind: 'replay',
      webhook_id: null,
    });
    expect(await finishJobs(service)).toMatchObject({ done: 5, total: 5, state: 'finished' });
    const rows = await stack.sql<{ id: string }[]>`select id from webhook_queue order by id`;
    expect(rows.map((row) => row.id)).toEqual(failed.sort());
    expect(await count({ since })).toEqual({ count: 0, capped: false });
  });

  it('takes up what was created in [since, until), to the millisecond', async () => {
    const webhook_id = await addWebhook(stack.sql);
    const moments = ['11:59:59.999', '12:00:00.000', '12:30:00.000', '12:59:59.999', '13:00:00.000'];
    for (const moment of moments) {
      await stack.sql`
        insert into webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count,
          fence, created_at, finished_at)
        values (webhook_uuid_v7(${`2026-01-15T${moment}Z`}::timestamptz), ${webhook_id}, ${unknownId()}, 'lead.created',
          false, 'failed', 0, 0, 1, ${`2026-01-15T${moment}Z`}::timestamptz, ${`2026-01-15T${moment}Z`}::timestamptz)`;
    }
    const range = { since: '2026-01-15T12:00:00Z', until: '2026-01-15T13:00:00Z' };
    expect((await count(range)).count).toBe(3);
    expect((await count({ since: range.since })).count).toBe(4);
    expect((await count({ ...range, target: unknownId() })).count).toBe(0);
    await call('replay_failed_deliveries', range);
    await finishJobs(service);
    const left =
      await stack.sql`select to_char(created_at at time zone 'UTC', 'HH24:MI:SS.MS') as at from webhook_history order by 1`;
    expect(left.map((row) => row.at)).toEqual(['11:59:59.999', '13:00:00.000']);
    await expect(call('replay_failed_deliveries', { ...range, target: unknownId() })).rejects.toThrow(
      'webhook_not_found',
    );
  });

  it('takes up what a list is narrowed to: of a type, a cause, an answer', async () => {
    const one = await addWebhook(stack.sql, { max_in_flight: 100 });
    const two = await addWebhook(stack.sql);
    await settled(one, 3, { ...givenUp(), response_status: 422 });
    await settled(two, 2, { ...givenUp(), response_status: 503 });
    const timedOut = await settled(one, 4, { ...givenUp('timeout'), response_status: null });
    await settled(two, 1, {});
    await stack.sql`update webhook_history set event_type = 'lead.deleted' where id = ${timedOut[0] ?? ''}`;
    const counts = async (narrowed: object) => (await count({ since, ...narrowed })).count;
    expect(await counts({})).toBe(9);
    expect(await counts({ code_from: 400, code_below: 500 })).toBe(3);
    expect(await counts({ code_from: 503, code_below: 504 })).toBe(2);
    expect(await counts({ kinds: ['timeout', 'dns'] })).toBe(4);
    expect(await counts({ kinds: ['timeout'], type: 'lead.deleted' })).toBe(1);
    expect(await counts({ type: 'lead.deleted' })).toBe(1);
    expect(await counts({ kinds: ['timeout'], target: two })).toBe(0);
    await stack.sql`update webhooks set status = 'inactive' where id = ${two}`;
    expect(await counts({ code_from: 500, code_below: 600 })).toBe(0);

    const began = { since, kinds: ['timeout'] };
    await call('replay_failed_deliveries', began);
    expect(await finishJobs(service)).toMatchObject({ done: 4, total: 4, state: 'finished' });
    const rows = await stack.sql<{ id: string }[]>`select id from webhook_queue order by id`;
    expect(rows.map((row) => row.id)).toEqual([...timedOut].sort());
    expect(await counts(began)).toBe(0);
  });

  it('finds few among many in steps of their own length, and goes on behind what it read', async () => {
    const webhook = await addWebhook(stack.sql);
    await stack.sql`
      insert into webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
        last_error_kind, created_at, finished_at)
      select webhook_uuid_v7(now() - interval '1 day' + n * interval '1 millisecond'), ${webhook}, ${unknownId()},
        case when n % 9000 = 0 then 'lead.deleted' else 'lead.created' end, false, 'failed', 0, 1, 1, 'dns',
        now() - interval '1 day', now() - interval '1 day'
      from generate_series(1, 30000) n`;
    expect((await count({ since, type: 'lead.deleted' })).count).toBe(3);
    await call('replay_failed_deliveries', { since, type: 'lead.deleted' });
    expect(await finishJobs(service)).toMatchObject({ done: 3, total: 3, state: 'finished' });
    expect(await queued()).toBe(3);
  });

  it('comes by each delivery once, also when it fails again meanwhile, over many webhooks', async () => {
    for (let n = 0; n < 6; n += 1)
      await settled(await addWebhook(stack.sql, { max_in_flight: 100 }), 20, givenUp());
    await call('replay_failed_deliveries', { since });
    let steps = 0;
    for (let job = await runJobs(service, 1); job?.state === 'running'; job = await runJobs(service, 1)) {
      steps += 1;
      const { items } = (await claim(service, { max: 1000 })).batch;
      await settle(
        service,
        items.map((item) => resultOf(item, givenUp())),
      );
      expect(steps).toBeLessThan(100);
    }
    const [job] = await stack.sql`select done, state from webhook_jobs`;
    expect(job).toEqual({ done: 120, state: 'finished' });
  });

  it('reads per step only what it sends again, with plans of when nothing was there, and before statistics', async () => {
    const webhook_id = await addWebhook(stack.sql);
    const connection = await stack.sql.reserve();
    const read = async () => {
      const [row] = await connection<{ rows: number }[]>`
        select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_user_tables
        where relname ^@ 'webhook_history' or relname ^@ 'webhook_queue' or relname ^@ 'webhook_events'`;
      return row?.rows ?? Number.NaN;
    };
    const step = async () => {
      const before = await read();
      const [row] = await connection<{ job: Job }[]>`select run_webhook_job_step() as job`;
      return { job: row?.job, rows: (await read()) - before };
    };
    try {
      await connection`analyze webhook_history, webhook_queue, webhook_events`;
      // Nobody gathers statistics of what is not committed.
      await connection`begin`;
      // The plans that are made here stay.
      await connection`set local plan_cache_mode = force_generic_plan`;
      await connection`select redeliver_webhook_deliveries(${[unknownId()]}::uuid[])`;
      await connection`select replay_failed_deliveries(now() - interval '1 day')`;
      for (let job = (await step()).job; job?.state === 'running'; ) ({ job } = await step());
      await connection`
        with event as (
          insert into webhook_events (event_type, payload) select 'lead.created', '{"id":"1"}' from generate_series(1, 50000)
          returning id)
        insert into webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
          created_at, finished_at)
        select webhook_uuid_v7(), ${webhook_id}, id, 'lead.created', false, 'failed', 0, 1, 1, now(), now() - interval '1 minute'
        from event`;
      await connection`select replay_failed_deliveries(now() - interval '1 day')`;
      const counted = await step();
      expect(counted.job).toMatchObject({ done: 0, total: 50_000 });
      expect(counted.rows).toBeLessThan(60_000);
      let done = 0;
      for (let n = 0; n < 8; n += 1) {
        const { job, rows } = await step();
        expect(job).toMatchObject({ state: 'running', error: null });
        const moved = (job?.done ?? 0) - done;
        done += moved;
        expect(moved).toBeGreaterThan(0);
        // Of each the failure, found and taken out, and its event.
        expect(rows).toBeLessThan(10 * moved);
      }
    } finally {
      await connection`rollback`;
      connection.release();
    }
  });

  it('counts up to 10,000 and says that there are more', async () => {
    const webhook_id = await addWebhook(stack.sql);
    await stack.sql`
      insert into webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence, created_at)
      select webhook_uuid_v7(), ${webhook_id}, webhook_uuid_v7(), 'lead.created', false, 'failed', 0, 1, 1, now() from generate_series(1, 10050)`;
    expect(await count({ since })).toEqual({ count: 10_000, capped: true });
  });
});

describe('a job', () => {
  it('is worked on by one at a time, and by the next one when a worker dies', async () => {
    const id = await addWebhook(stack.sql);
    await queueDeliveries(stack.sql, id, 100);
    await call('cancel_waiting_deliveries', { webhook_id: id });
    await stack.sql
      .begin(async (transaction) => {
        await transaction`select run_webhook_job_step()`;
        expect(dataOf(await service.rpc('run_webhook_job_step'))).toBeNull();
        throw new Error('the worker died');
      })
      .catch(() => {});
    expect(await finishJobs(service)).toMatchObject({ done: 100, state: 'finished' });
  });

  it('passes over what somebody has locked, and ends when that is free', async () => {
    const id = await addWebhook(stack.sql);
    const [first = ''] = await queueDeliveries(stack.sql, id, 10);
    await call('cancel_waiting_deliveries', { webhook_id: id });
    await stack.sql.begin(async (transaction) => {
      await transaction`select from webhook_queue where id = ${first} for update`;
      expect(await runJobs(service, 5)).toMatchObject({ done: 9, state: 'running', error: null });
    });
    expect(await finishJobs(service)).toMatchObject({ done: 10, state: 'finished' });
  });

  it('takes its turn with the others', async () => {
    const ids = [await addWebhook(stack.sql), await addWebhook(stack.sql)];
    for (const id of ids) await queueDeliveries(stack.sql, id, 1100);
    for (const webhook_id of ids) await call('cancel_waiting_deliveries', { webhook_id });
    await runJobs(service, 4);
    const rows = await stack.sql`select done from webhook_jobs`;
    expect(rows.map(({ done }) => done)).toEqual([200, 200]);
  });
});
