import { createClient } from '@supabase/supabase-js';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { triggerWebhooksForEvent } from '@/lib/services/triggerWebhooksForEvent';
import { emptyTables } from '../support/emptyTables';
import { call } from '../support/nextHeaders';
import { testStack } from '../support/testStack';
import { addWebhook, unknownId } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/* Whoever writes on account of a webhook says so, and that webhook may do without the change. */

const stack = testStack();
beforeEach(() => emptyTables(stack.sql, 'crm_leads'));
beforeEach(() => emptyTables(stack.sql));

const both = async () => ({
  own: await addWebhook(stack.sql, { events: ['lead.created'], skip_own_changes: true }),
  other: await addWebhook(stack.sql, { events: ['lead.created'], skip_own_changes: true }),
});
const queuedFor = async () => {
  const rows = await stack.sql<
    { webhook_id: string }[]
  >`select webhook_id from webhook_queue order by webhook_id`;
  return rows.map(({ webhook_id }) => webhook_id);
};
const events = () => stack.sql`select origin_webhook, deliveries from webhook_events`;

const ways: Record<string, (origin: string) => Promise<unknown>> = {
  'a write in SQL': (origin) =>
    stack.sql.begin(async (sql) => {
      await sql`select set_config('devlink.origin', ${origin}, true)`;
      await sql`insert into crm_leads (nom) values ('Durand')`;
    }),
  'a write through REST': async (origin) => {
    const client = createClient(stack.supabaseUrl, stack.publishableKey, {
      global: { headers: { 'X-DevLink-Origin': origin } },
      accessToken: () => stack.accessToken('member'),
    });
    const { error } = await client.from('crm_leads').insert({ nom: 'Durand' });
    expect(error).toBeNull();
  },
  'a write at the API': async (origin) => {
    const { POST } = await import('@/app/api/crm/leads/route');
    const headers = {
      authorization: `Bearer ${await stack.accessToken('member')}`,
      'X-DevLink-Origin': origin,
    };
    const lead = { nom: 'Durand', prenom: 'Ana', email: 'ana@durand.test', telephone: '0102030405' };
    const answer = await call(POST, '/api/crm/leads', { headers, body: lead });
    expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  },
  'a trigger at the API': async (origin) => {
    const { POST } = await import('@/app/api/webhooks/trigger/route');
    const headers = {
      authorization: `Bearer ${await stack.accessToken('member')}`,
      'X-DevLink-Origin': origin,
    };
    const body = { event_type: 'lead.created', payload: { id: '1' } };
    expect((await call(POST, '/api/webhooks/trigger', { headers, body })).status).toBe(202);
  },
  'a trigger on the server': (originWebhook) =>
    triggerWebhooksForEvent('lead.created', { id: '1' } as never, { originWebhook }),
};

describe.each(Object.entries(ways))('%s', (_way, write) => {
  it('does not come back to the webhook on whose account it was made, and to every other one', async () => {
    const { own, other } = await both();
    await write(own);
    expect(await queuedFor()).toEqual([other]);
    expect(await events()).toEqual([{ origin_webhook: own, deliveries: 1 }]);
  });

  it('comes back to one that does not mind', async () => {
    const { own } = await both();
    await stack.sql`update webhooks set skip_own_changes = false where id = ${own}`;
    await write(own);
    expect(await queuedFor()).toHaveLength(2);
  });

  it.each([unknownId(), 'nonsense', `${unknownId()}'--`, ''])('of %j counts as nobody’s', async (origin) => {
    await both();
    await write(origin);
    expect(await queuedFor()).toHaveLength(2);
    expect(await events()).toEqual([{ origin_webhook: null, deliveries: 2 }]);
  });
});

it('is said for each event of a batch by itself', async () => {
  const { own, other } = await both();
  const batch = [own, other, undefined].map((origin_webhook) => ({
    event_type: 'lead.created',
    payload: { id: '1' },
    origin_webhook,
  }));
  await stack.sql`select emit_webhook_events(${JSON.stringify(batch)}::text::json)`;
  expect((await queuedFor()).sort()).toEqual([own, own, other, other].sort());
});

it('never keeps an event from being stored, whatever the request’s headers are', async () => {
  await both();
  for (const headers of ['{', '"x-devlink-origin"', '{"x-devlink-origin":null}', '[]'])
    await stack.sql.begin(async (sql) => {
      await sql`select set_config('request.headers', ${headers}, true)`;
      await sql`insert into crm_leads (nom) values ('Durand')`;
    });
  expect(await queuedFor()).toHaveLength(8);
});
