import type { SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { POST as resume } from '@/app/api/jobs/[jobId]/resume/route';
import { POST as stop } from '@/app/api/jobs/[jobId]/stop/route';
import { POST as backfill } from '@/app/api/webhooks/[webhookId]/backfill/route';
import type { Job } from '@/lib/domain/job';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { browser, call } from '../support/nextHeaders';
import { addWebhook, claim, finishJobs, runJobs, unknownId } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));
// The steps are taken here, one by one.
vi.mock('@/lib/engine/jobs', async (original) => ({ ...(await original<object>()), wakeJobs: () => {} }));

/*
 * The rows that were there before a webhook: told to it alone, by their key, behind what is live.
 */

let stack: TestStack;
let service: SupabaseClient;
let headers: { authorization: string };
beforeAll(async () => {
  stack = await startTestStack();
  service = stack.adminClient();
  browser.jar.clear();
  headers = { authorization: `Bearer ${await stack.accessToken('admin')}` };
});
afterAll(() => stack.stop());
beforeEach(async () => {
  await stack.sql`drop table if exists public.clients`;
  await stack.sql`delete from webhook_sources where kind = 'client'`;
  await emptyTables(stack.sql);
});

/** A table of so many rows, written before it was attached. */
async function clients(count: number, key = 'integer', value = 'n'): Promise<void> {
  await stack.sql.unsafe(`create table public.clients (key ${key} primary key, name text, vip boolean)`);
  await stack.sql.unsafe(
    `insert into public.clients select ${value}, 'Client ' || n, n % 2 = 0 from generate_series(1, ${count}) n`,
  );
  await stack.sql`select attach_webhook_source('public.clients', 'client', label => '{name}')`;
}
const listening = (settings: object = {}) =>
  addWebhook(stack.sql, { events: ['client.created'], ...settings });
const ask = (webhookId: string, body: object = { kind: 'client' }) =>
  call(backfill, `/api/webhooks/${webhookId}/backfill`, { headers, body, params: { webhookId } });
async function start(webhookId: string): Promise<Job> {
  const answer = await ask(webhookId);
  expect([answer.status, answer.body.code]).toEqual([202, undefined]);
  return answer.body.job as Job;
}
const told = async (webhookId: string) =>
  (
    await stack.sql<{ id: string; name: string }[]>`
      select e.payload ->> 'id' as id, e.payload ->> 'name' as name from webhook_deliveries d join webhook_events e on e.id = d.event_id
      where d.webhook_id = ${webhookId} order by e.sequence`
  ).map(({ id }) => id);

describe('a backfill', () => {
  it('tells one webhook of every row, in the order of the key, as the event of a new row', async () => {
    await clients(3);
    const id = await listening();
    const other = await listening();
    expect((await ask(id, { kind: 'client', dry_run: true })).body).toEqual({ count: 3, capped: false });
    const job = await start(id);
    expect(job).toMatchObject({ kind: 'backfill', webhook_id: id, total: 3 });
    await finishJobs(service);
    expect(await told(id)).toEqual(['1', '2', '3']);
    expect(await told(other)).toEqual([]);
    const events =
      await stack.sql`select event_type, payload, origin, deliveries from webhook_events order by id`;
    expect(events).toMatchObject(
      [1, 2, 3].map((n) => ({
        event_type: 'client.created',
        payload: { id: n, key: n, name: `Client ${n}`, vip: n % 2 === 0 },
        origin: 'backfill',
        deliveries: 1,
      })),
    );
    const { batch } = await claim(service);
    expect(Object.values(batch.events).map(({ origin }) => origin)).toEqual(Array(3).fill('backfill'));
  });

  it.each([
    ['bigint', 'n * 3000000000'],
    ['uuid', 'gen_random_uuid()'],
    ['text', `'é"''%\\' || chr(64 + n) || ' x'`],
    ['text collate "C"', `chr(96 + n % 26) || n`],
    ['timestamptz', "'2026-01-01'::timestamptz + n * interval '1 microsecond'"],
    ['numeric', 'n / 7.0'],
    ['double precision', 'n / 7.0'],
    ['date', "'0044-03-15 BC'::date + n"],
  ])('goes through keys of any type by their order: %s', async (type, value) => {
    await clients(23, type, value);
    const id = await listening();
    const job = await start(id);
    await stack.sql`update webhook_jobs set params = params || '{"batch": 5}' where id = ${job.id}`;
    await finishJobs(service);
    const all = await stack.sql<
      { key: string }[]
    >`select to_json(key) #>> '{}' as key from clients order by clients.key`;
    expect(await told(id)).toEqual(all.map(({ key }) => key));
  });

  it('passes over what the conditions leave out, and counts the rows that it read', async () => {
    await clients(6);
    const id = await listening({ conditions: [{ field: 'vip', operator: 'is', value: true }] });
    const job = await start(id);
    await finishJobs(service);
    expect(await told(id)).toEqual(['2', '4', '6']);
    expect(
      await stack.sql`select done, state, params -> 'sent' as sent from webhook_jobs where id = ${job.id}`,
    ).toEqual([{ done: 6, state: 'finished', sent: 3 }]);
  });

  it('waits while 500 deliveries wait for the webhook, or while it is inactive', async () => {
    await clients(1200);
    const id = await listening();
    await start(id);
    await runJobs(service, 12);
    expect(await told(id)).toHaveLength(500);
    await stack.sql`update webhooks set status = 'inactive' where id = ${id}`;
    await stack.sql`delete from webhook_queue where webhook_id = ${id}`;
    await runJobs(service, 3);
    expect(await stack.sql`select count(*)::int as n from webhook_queue`).toEqual([{ n: 0 }]);
    await stack.sql`update webhooks set status = 'active' where id = ${id}`;
    await runJobs(service, 12);
    expect(await stack.sql`select count(*)::int as n from webhook_queue`).toEqual([{ n: 500 }]);
  });

  it('can be stopped, and goes on where it was; asked for twice it runs once', async () => {
    await clients(30);
    const id = await listening();
    const job = await start(id);
    expect((await start(id)).id).toBe(job.id);
    await stack.sql`update webhook_jobs set params = params || '{"batch": 10}' where id = ${job.id}`;
    await runJobs(service, 1);
    const params = { jobId: job.id };
    const stopped = await call(stop, `/api/jobs/${job.id}/stop`, { headers, body: {}, params });
    expect(stopped.body).toMatchObject({ state: 'stopped', done: 10 });
    await runJobs(service, 2);
    expect(await told(id)).toHaveLength(10);
    const resumed = await call(resume, `/api/jobs/${job.id}/resume`, { headers, body: {}, params });
    expect(resumed.body).toMatchObject({ state: 'running', done: 10, finished_at: null });
    await finishJobs(service);
    expect(await told(id)).toEqual(Array.from({ length: 30 }, (_, n) => String(n + 1)));
    // What has finished does not begin anew.
    const again = await call(resume, `/api/jobs/${job.id}/resume`, { headers, body: {}, params });
    expect(again.body).toMatchObject({ state: 'finished', done: 30 });
  });

  it('is no part of what happened: neither missing nor reconciled, and for nobody else', async () => {
    await clients(2);
    const id = await listening();
    await start(id);
    await finishJobs(service);
    const late = await listening();
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const [count] =
      await stack.sql`select send_missing_webhook_events(${late}, ${since}, dry_run => true) as answer`;
    expect(count?.answer).toEqual({ count: 0 });
  });

  it('stands in its record’s order with what is told live: what was changed before it comes before it', async () => {
    await clients(1);
    const id = await addWebhook(stack.sql, { events: ['client.*'], ordered: true });
    await stack.sql`update clients set name = 'Avant' where key = 1`;
    await start(id);
    await finishJobs(service);
    await stack.sql`update clients set name = 'Après' where key = 1`;
    const rows = await stack.sql`
      select e.event_type, coalesce(e.payload -> 'changes' ->> 'name', e.payload ->> 'name') as name, q.turn is not null as ordered
      from webhook_queue q join webhook_events e on e.id = q.event_id order by q.sequence`;
    expect(rows).toEqual([
      { event_type: 'client.updated', name: 'Avant', ordered: true },
      { event_type: 'client.created', name: 'Avant', ordered: true },
      { event_type: 'client.updated', name: 'Après', ordered: true },
    ]);
  });

  it('waits for a row that somebody changes, and then tells what it became', async () => {
    await clients(2);
    const id = await listening();
    const held = await stack.sql.reserve();
    await held`begin`;
    await held`update clients set name = 'Changé' where key = 2`;
    const job = await start(id);
    await runJobs(service, 1);
    expect(await stack.sql`select failures, error from webhook_jobs where id = ${job.id}`).toMatchObject([
      { failures: 1, error: expect.stringMatching(/lock/) },
    ]);
    await held`commit`;
    held.release();
    await finishJobs(service);
    expect(
      await stack.sql`
      select e.payload ->> 'name' as name from webhook_events e where e.origin = 'backfill' order by e.sequence`,
    ).toEqual([{ name: 'Client 1' }, { name: 'Changé' }]);
  });

  it('of rows that are too large says only which they are; an empty table is done at once', async () => {
    await clients(0);
    const id = await listening();
    await start(id);
    await finishJobs(service);
    expect(await told(id)).toEqual([]);
    await stack.sql`insert into clients values (1, repeat('x', 300000))`;
    await stack.sql`delete from webhook_queue`;
    await start(id);
    await finishJobs(service);
    const [event] = await stack.sql`select payload from webhook_events where origin = 'backfill'`;
    expect(event?.payload).toEqual({ id: 1, too_large: true });
  });

  it('refuses what cannot be', async () => {
    await clients(1);
    const code = async (webhookId: string, body?: object) => {
      const answer = await ask(webhookId, body);
      return [answer.status, answer.body.code];
    };
    expect(await code(unknownId())).toEqual([404, 'webhook_not_found']);
    expect(await code(await listening(), { kind: 'nobody' })).toEqual([422, 'source_unknown']);
    for (const kind of ['', '\u0000', '\ud800', 'x'.repeat(101), 1, null])
      expect(await code(await listening(), { kind })).toEqual([422, 'validation_failed']);
    expect(await code(await addWebhook(stack.sql))).toEqual([409, 'not_subscribed']);
    expect(await code(await listening({ status: 'inactive' }))).toEqual([409, 'webhook_inactive']);
  });

  it('ends with the reason when its table is detached meanwhile', async () => {
    await clients(3);
    const id = await listening();
    const job = await start(id);
    await stack.sql`select detach_webhook_source('public.clients')`;
    await runJobs(service, 60);
    expect(await stack.sql`select state, error from webhook_jobs where id = ${job.id}`).toEqual([
      { state: 'failed', error: 'source_unknown' },
    ]);
  });
});
