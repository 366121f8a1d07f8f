import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GET as getEvent } from '@/app/api/events/[eventId]/route';
import { GET as listEvents } from '@/app/api/events/route';
import type { JournalEvent, JournalEventDetail } from '@/lib/domain/journal';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { browser, call } from '../support/nextHeaders';
import { addWebhook, claimAll, dataOf, resultOf, settle, unknownId } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * The journal: every event, heard or not, and why a webhook did not get one.
 */

let stack: TestStack;
let asAdmin: { headers: { authorization: string } };
beforeAll(async () => {
  stack = await startTestStack();
  browser.jar.clear();
  asAdmin = { headers: { authorization: `Bearer ${await stack.accessToken('admin')}` } };
});
afterAll(() => stack.stop());
beforeEach(async () => {
  await emptyTables(stack.sql);
});

const emit = async (payload: object, type = 'lead.created') => {
  const [row] =
    await stack.sql`select emit_webhook_event(${type}, ${JSON.stringify(payload)}::text::json) as emitted`;
  return (row as { emitted: { event_id: string } }).emitted.event_id;
};
const list = async (query = '') => {
  const { status, body } = await call(listEvents, `/api/events?${query}`, asAdmin);
  expect([status, body.code]).toEqual([200, undefined]);
  return body as { items: JournalEvent[]; next_cursor: string | null };
};
const idsOf = async (query = '') => (await list(query)).items.map(({ id }) => id);
const get = async (eventId: string) => {
  const { body } = await call(getEvent, `/api/events/${eventId}`, { ...asAdmin, params: { eventId } });
  return body as unknown as JournalEventDetail;
};
const reasons = async (eventId: string) =>
  Object.fromEntries(
    (await get(eventId)).not_sent_to.map((one) => [one.webhook_name, [one.reason, one.matches_now]]),
  );

describe('the list', () => {
  it('has every event, heard or not, with its record and what became of it', async () => {
    await addWebhook(stack.sql);
    await addWebhook(stack.sql, {
      conditions: [{ field: 'statut', operator: 'is', value: 'gagne' }],
    });
    const first = await emit({ id: '7', nom: 'Lefèvre', prenom: 'Chloé', statut: 'nouveau' });
    const second = await emit({ id: '7', motif: 'x' }, 'appointment.cancelled');
    expect((await list()).items).toMatchObject([
      { id: second, event_type: 'appointment.cancelled', deliveries: 0, left_out: 0, origin: 'application' },
      {
        id: first,
        record_id: '7',
        record_label: 'Chloé Lefèvre',
        deliveries: 1,
        left_out: 1,
        triggered_by: null,
      },
    ]);
  });

  it('says where each came from; of an old row nobody knows', async () => {
    const id = await addWebhook(stack.sql, { events: ['lead.created', 'webhook.disabled'] });
    const failing = await addWebhook(stack.sql);
    await stack.sql`insert into crm_leads (nom) values ('Durand')`;
    await emit({ id: '1' });
    dataOf(
      await stack.adminClient().rpc('create_test_delivery', {
        webhook_id: id,
        event_type: 'webhook.test',
        payload: {},
        worker: 'x',
      }),
    );
    await stack.sql`update webhooks set status = 'inactive', disabled_reason = 'failing' where id = ${failing}`;
    await stack.sql`insert into webhook_events (event_type, payload, origin) values ('lead.created', '{}', null)`;
    expect((await list()).items.map(({ origin }) => origin).reverse()).toEqual([
      'row',
      'application',
      'test',
      'system',
      null,
    ]);
  });

  it('is narrowed by type, time, record, and to what nobody got; page by page', async () => {
    await addWebhook(stack.sql);
    const ids: string[] = [];
    for (const [n, type] of ['lead.created', 'lead.deleted', 'lead.created', 'lead.deleted'].entries())
      ids.unshift(await emit({ id: n < 2 ? 'a' : 'b' }, type));
    const [d, c, b, a] = ids as [string, string, string, string];
    expect(await idsOf('type=lead.created')).toEqual([c, a]);
    expect(await idsOf('heard=false')).toEqual([d, b]);
    expect(await idsOf('heard=false&record_id=b')).toEqual([d]);
    expect(await idsOf('record_id=a')).toEqual([b, a]);
    expect(await idsOf('record_id=a&type=lead.deleted')).toEqual([b]);
    expect(await idsOf('record_id=unknown')).toEqual([]);
    expect(await idsOf('until=2020-01-01T00:00:00Z')).toEqual([]);
    expect(await idsOf('since=2020-01-01T00:00:00%2B02:00')).toEqual([d, c, b, a]);
    const page = await list('limit=3');
    expect([page.items.length, page.next_cursor]).toEqual([3, b]);
    expect(await idsOf(`limit=3&cursor=${page.next_cursor}`)).toEqual([a]);
  });

  it('finds a record among what is indexed, over days, and what is not indexed yet', async () => {
    const days = [0.001, 1, 2, 9];
    const stored: string[] = [];
    for (const ago of days) {
      const [row] = await stack.sql`
        insert into webhook_events (id, event_type, payload)
        values (webhook_uuid_v7(now() - ${ago} * interval '1 day'), 'lead.created', '{"id":" r 1 "}') returning id`;
      await stack.sql`
        insert into webhook_events (id, event_type, payload)
        values (webhook_uuid_v7(now() - ${ago} * interval '1 day'), 'lead.created', '{"id":"r","name":"r 1"}')`;
      stored.push(row?.id);
    }
    await stack.sql`insert into webhook_event_words select id, webhook_event_words(payload, null) from webhook_events`;
    stored.unshift(await emit({ id: 'r 1' }));
    expect(await idsOf('record_id=r%201')).toEqual(stored);
    expect(await idsOf('record_id=r%201&limit=2')).toEqual(stored.slice(0, 2));
    expect(await idsOf(`record_id=r%201&cursor=${stored[2]}`)).toEqual(stored.slice(3));
    expect(
      await idsOf(`record_id=r%201&since=${new Date(Date.now() - 3 * 86_400_000).toISOString()}`),
    ).toEqual(stored.slice(0, 4));
  });

  it.each([
    ['heard=true', 'heard'],
    ['limit=0', 'limit'],
    ['cursor=1', 'cursor'],
  ])('refuses %s', async (query, path) => {
    const { status, body } = await call(listEvents, `/api/events?${query}`, asAdmin);
    expect([status, body.errors]).toMatchObject([422, [{ path }]]);
  });

  it('is for administrators', async () => {
    const headers = { authorization: `Bearer ${await stack.accessToken('member')}` };
    expect((await call(listEvents, '/api/events', { headers })).status).toBe(403);
  });
});

describe('one event', () => {
  it('has its deliveries, and why each other webhook has none', async () => {
    const service = stack.adminClient();
    await addWebhook(stack.sql, { name: 'got' });
    await addWebhook(stack.sql, { name: 'waits', events: ['*'] });
    await addWebhook(stack.sql, { name: 'other type', events: ['file.*'] });
    await addWebhook(stack.sql, { name: 'off', status: 'inactive' });
    await addWebhook(stack.sql, {
      name: 'conditions',
      conditions: [{ field: 'statut', operator: 'is', value: 'gagne' }],
    });
    await addWebhook(stack.sql, { name: 'changed' });
    await stack.sql`update webhooks set status = 'inactive' where name = 'changed'`;
    const event = await emit({ id: '1', statut: 'nouveau', montant: 1e3 });
    await addWebhook(stack.sql, { name: 'new' });
    await stack.sql`update webhooks set status = 'active' where name = 'changed'`;
    const items = await claimAll(service);
    await settle(
      service,
      items.slice(0, 1).map((item) => resultOf(item)),
    );

    const detail = await get(event);
    expect(detail).toMatchObject({
      id: event,
      payload: { id: '1', statut: 'nouveau', montant: 1000 },
      deliveries: 2,
      left_out: 1,
    });
    expect(detail.sent_to.map(({ webhook_name }) => webhook_name).sort()).toEqual(['got', 'waits']);
    expect(detail.sent_to.map(({ status }) => status).sort()).toEqual(['pending', 'success']);
    expect(await reasons(event)).toEqual({
      'other type': ['not_subscribed', false],
      off: ['inactive_at_the_time', true],
      conditions: ['condition', false],
      changed: ['unknown', true],
      new: ['created_later', true],
    });
  });

  it('of the system goes to who listens to that, not to all', async () => {
    await addWebhook(stack.sql, { name: 'all', events: ['*'] });
    await addWebhook(stack.sql, { name: 'going', events: ['lead.created'] });
    await stack.sql`update webhooks set status = 'inactive', disabled_reason = 'gone' where name = 'going'`;
    const [{ id } = { id: '' }] = (await list('type=webhook.disabled')).items;
    expect(await reasons(id)).toEqual({ all: ['not_subscribed', false], going: ['not_subscribed', false] });
  });

  it('that is not there is answered with 404', async () => {
    const eventId = unknownId();
    const { status, body } = await call(getEvent, `/api/events/${eventId}`, {
      ...asAdmin,
      params: { eventId },
    });
    expect([status, body.code]).toEqual([404, 'event_not_found']);
  });
});
