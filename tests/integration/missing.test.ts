import type { SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { POST as missing } from '@/app/api/webhooks/[webhookId]/missing/route';
import { GET as reconcile } from '@/app/api/webhooks/[webhookId]/reconciliation/route';
import type { Job } from '@/lib/domain/job';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { browser, call } from '../support/nextHeaders';
import {
  addWebhook,
  claim,
  claimAll,
  dataOf,
  finishJobs,
  givenUp,
  resultOf,
  runJobs,
  settle,
  unknownId,
} from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));
// The steps are taken here, one by one.
vi.mock('@/lib/engine/jobs', async (original) => ({ ...(await original<object>()), wakeJobs: () => {} }));

/*
 * What a webhook never had: counted, then sent behind what is live, each event once.
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
  await emptyTables(stack.sql);
});

const since = '2026-01-01T00:00:00.000Z';
const ask = (webhookId: string, body: object = {}) =>
  call(missing, `/api/webhooks/${webhookId}/missing`, {
    headers,
    body: { since, ...body },
    params: { webhookId },
  });
const count = async (webhookId: string, body: object = {}) => {
  const answer = await ask(webhookId, { ...body, dry_run: true });
  expect(answer.status).toBe(200);
  return answer.body.count;
};
const send = async (webhookId: string, body: object = {}) => {
  const answer = await ask(webhookId, body);
  expect([answer.status, answer.body.code]).toEqual([202, undefined]);
  return answer.body.job as Job;
};
/** Triggers so many events, and answers their ids. */
const emit = async (n = 1, type = 'lead.created', payload: object = { id: '1' }) => {
  const events = Array.from({ length: n }, () => ({ event_type: type, payload }));
  const [row] = await stack.sql`select emit_webhook_events(${JSON.stringify(events)}::text::json) as emitted`;
  return (row as { emitted: { event_id: string }[] }).emitted.map(({ event_id }) => event_id);
};
const deliveriesOf = async (webhookId: string) =>
  (
    await stack.sql<{ event_id: string }[]>`
      select event_id from webhook_deliveries where webhook_id = ${webhookId} order by event_id`
  ).map(({ event_id }) => event_id);

describe('what a webhook never had', () => {
  it('because it is new is counted first, then sent, and counts as a delivery of its event', async () => {
    const events = await emit(3);
    await emit(1, 'lead.deleted');
    const id = await addWebhook(stack.sql);
    events.push(...(await emit()));
    expect(await count(id)).toBe(3);
    expect(await deliveriesOf(id)).toHaveLength(1);
    const job = await send(id);
    expect(job).toMatchObject({ kind: 'missing', webhook_id: id, state: 'running', done: 0, total: 3 });
    expect(await finishJobs(service)).toMatchObject({ id: job.id, done: 3, state: 'finished', error: null });
    expect(await deliveriesOf(id)).toEqual(events.sort());
    const told =
      await stack.sql`select distinct deliveries from webhook_events where event_type = 'lead.created'`;
    expect([...told]).toEqual([{ deliveries: 1 }]);
    expect((await claimAll(service)).map((item) => item.event_id).sort()).toEqual(events);
    expect(await count(id)).toBe(0);
  });

  it('because it was inactive, or its conditions or subscription changed; what does not match now stays', async () => {
    const id = await addWebhook(stack.sql, {
      events: ['file.uploaded'],
      conditions: [{ field: 'statut', operator: 'is', value: 'gagne' }],
    });
    await emit(2, 'lead.created', { id: '1', statut: 'gagne' });
    await emit(5, 'lead.created', { id: '1', statut: 'perdu' });
    await emit(1, 'lead.updated', { id: '1', statut: 'gagne' });
    expect(await count(id)).toBe(0);
    await stack.sql`update webhooks set events = '{lead.*}' where id = ${id}`;
    expect(await count(id)).toBe(3);
    expect(await count(id, { types: ['lead.updated'] })).toBe(1);
    expect(await count(id, { until: since })).toBe(0);
    await send(id, { types: ['lead.created'] });
    expect(await finishJobs(service)).toMatchObject({ done: 2, total: 2 });
    expect(await count(id)).toBe(1);
    await stack.sql`update webhooks set status = 'inactive' where id = ${id}`;
    expect(await count(id)).toBe(1);
    expect((await ask(id)).body.code).toBe('webhook_inactive');
  });

  it('is not what it has: waiting, delivered, failed, cancelled, or a test', async () => {
    const id = await addWebhook(stack.sql);
    await emit(4);
    const [first, second, third] = await claimAll(service);
    if (!first || !second || !third) throw new Error('not claimed');
    await settle(service, [resultOf(first), resultOf(second, givenUp()), resultOf(third)]);
    dataOf(
      await service.rpc('create_test_delivery', {
        webhook_id: await addWebhook(stack.sql),
        event_type: 'lead.created',
        payload: {},
        worker: 'x',
      }),
    );
    await stack.sql`select redeliver_webhook_deliveries(array[${third.id}::uuid])`;
    expect(await count(id)).toBe(0);
    await send(id);
    expect(await finishJobs(service)).toMatchObject({ done: 0, total: 0, state: 'finished' });
    expect(await deliveriesOf(id)).toHaveLength(4);
  });

  it('is not what was erased', async () => {
    await emit(2, 'lead.created', { id: 'gone' });
    const [kept] = await emit(1);
    const id = await addWebhook(stack.sql);
    await stack.sql`select erase_webhook_record('gone')`;
    expect(await count(id)).toBe(1);
    await send(id);
    await finishJobs(service);
    expect(await deliveriesOf(id)).toEqual([kept]);
  });

  it('is not what it gets together with others, nor what came of its own account', async () => {
    const fields = { events: ['lead.updated'], coalesce_seconds: 300, skip_own_changes: true };
    const id = await addWebhook(stack.sql, fields);
    await emit(3, 'lead.updated', { id: '1', changes: { a: 1 } });
    const own = JSON.stringify([{ event_type: 'lead.updated', payload: { id: '2' }, origin_webhook: id }]);
    await stack.sql`select emit_webhook_events(${own}::text::json)`;
    expect(await deliveriesOf(id)).toHaveLength(1);
    expect(await count(id)).toBe(0);
    await send(id);
    await finishJobs(service);
    expect(await deliveriesOf(id)).toHaveLength(1);
    const asked = await call(reconcile, `/api/webhooks/${id}/reconciliation?from=${since}`, {
      headers,
      params: { webhookId: id },
    });
    const figures = {
      happened: 4,
      waiting: 3,
      not_matched: 1,
      delivered: 0,
      failed: 0,
      skipped: 0,
      never_had: 0,
    };
    expect(asked.body.types).toEqual([{ event_type: 'lead.updated', ...figures }]);
  });

  it('of an ordered webhook is sent in the order of the record', async () => {
    const ids = await emit(5);
    const id = await addWebhook(stack.sql, { ordered: true });
    await send(id);
    await finishJobs(service);
    const order: string[] = [];
    for (let items = await claimAll(service); items.length > 0; items = await claimAll(service)) {
      expect(items).toHaveLength(1);
      order.push(...items.map(({ event_id }) => event_id));
      await settle(
        service,
        items.map((item) => resultOf(item)),
      );
    }
    expect(order).toEqual(ids);
  });

  it('is sent once, by two jobs too, after it was delivered, and when that is sent again', async () => {
    const events = await emit(300);
    const id = await addWebhook(stack.sql, { max_in_flight: 100 });
    await send(id);
    await send(id);
    await runJobs(service, 2);
    const items = await claimAll(service);
    await settle(
      service,
      items.map((item) => resultOf(item)),
    );
    await stack.sql`select redeliver_webhook_deliveries(${items.slice(0, 5).map((item) => item.id)}::uuid[])`;
    await send(id);
    await finishJobs(service);
    expect(await deliveriesOf(id)).toEqual(events.sort());
  });

  it('is sent once by steps that run at the same time', async () => {
    await emit(1000);
    const id = await addWebhook(stack.sql);
    for (let n = 0; n < 4; n += 1) await send(id);
    await Promise.all(Array.from({ length: 40 }, () => service.rpc('run_webhook_job_step')));
    const delivered = await deliveriesOf(id);
    expect(new Set(delivered).size).toBe(delivered.length);
  });

  it('stands behind what is live: no more than 500 wait for it, and it adds none to a backlog', async () => {
    await emit(800);
    const id = await addWebhook(stack.sql, { max_in_flight: 100 });
    await emit(600);
    await send(id);
    expect(await runJobs(service, 5)).toMatchObject({ done: 0, total: 800, state: 'running' });
    for (let n = 0; n < 6; n += 1) {
      const { batch } = await claim(service);
      await settle(
        service,
        batch.items.map((item) => resultOf(item)),
      );
    }
    expect(await runJobs(service, 10)).toMatchObject({ done: 500, state: 'running' });
  });

  it('stops, goes on after a pause of the webhook, and ends with it', async () => {
    await emit(700);
    const id = await addWebhook(stack.sql);
    const job = await send(id);
    await stack.sql`update webhooks set status = 'inactive' where id = ${id}`;
    expect(await runJobs(service, 3)).toMatchObject({ done: 0, state: 'running' });
    await stack.sql`update webhooks set status = 'active' where id = ${id}`;
    await runJobs(service, 1);
    const stopped = dataOf<Job>(
      await (await stack.clientFor('admin')).rpc('stop_webhook_job', { job_id: job.id }),
    );
    expect(stopped).toMatchObject({ state: 'stopped', done: 200 });
    await send(id);
    await stack.sql`delete from webhooks where id = ${id}`;
    expect(await finishJobs(service)).toMatchObject({ kind: 'delete', state: 'finished' });
  });

  it.each([
    [{ since: 'x' }, 422, 'validation_failed'],
    [{ types: ['lead.*'] }, 422, 'validation_failed'],
    [{ types: [] }, 422, 'validation_failed'],
    [{ more: 1 }, 422, 'validation_failed'],
  ])('refuses %o', async (body, status, code) => {
    const answer = await ask(await addWebhook(stack.sql), body);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('of no webhook is 404', async () => {
    expect((await ask(unknownId(), { dry_run: true })).body.code).toBe('webhook_not_found');
    expect((await ask(unknownId())).body.code).toBe('webhook_not_found');
  });

  it('forgets what it sent late once the events are gone', async () => {
    await emit(2);
    const id = await addWebhook(stack.sql);
    await send(id);
    await finishJobs(service);
    await stack.sql`insert into webhook_late_deliveries values (${id}, webhook_uuid_v7(now() - interval '1 day'), ${id})`;
    const forgotten = await service.rpc('forget_late_deliveries', { max_rows: 10 });
    expect(dataOf(forgotten)).toBe(1);
  });
});
