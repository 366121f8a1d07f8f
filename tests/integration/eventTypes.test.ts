import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { DELETE as deprecate, GET as getOne, PATCH as patch } from '@/app/api/event-types/[name]/route';
import { POST as create, GET as list } from '@/app/api/event-types/route';
import { PATCH as patchWebhook } from '@/app/api/webhooks/[webhookId]/route';
import { POST as createWebhook } from '@/app/api/webhooks/route';
import { POST as triggerBatch } from '@/app/api/webhooks/trigger/batch/route';
import { POST as trigger } from '@/app/api/webhooks/trigger/route';
import { eventSchemas } from '@/lib/domain/eventSchemas';
import { subscribableEventTypes } from '@/lib/domain/eventTypes';
import { stopDrain } from '@/lib/engine/processDrain';
import { webhookService } from '@/lib/services/webhookService';
import { startTestStack, type TestStack } from '../support/database';
import { browser, call } from '../support/nextHeaders';
import { addWebhook, dataOf } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * The registry of event types: added to without a deployment, held to by whoever triggers or listens.
 */

let stack: TestStack;
const tokens = {} as Record<'admin' | 'member' | 'stranger', string>;
beforeAll(async () => {
  stack = await startTestStack();
  for (const caller of ['admin', 'member', 'stranger'] as const)
    tokens[caller] = await stack.accessToken(caller);
});
afterAll(async () => {
  await stopDrain();
  await stack.stop();
});
beforeEach(async () => {
  browser.jar.clear();
  await stack.sql`delete from webhook_event_types where kind = 'client'`;
  await stack.sql`delete from webhooks`;
  await stack.sql`delete from webhook_queue`;
});

type Handler = Parameters<typeof call>[0];
type Options = { method?: string; body?: unknown; name?: string; id?: string };
function ask(
  handler: Handler,
  { name, id, ...options }: Options = {},
  caller: keyof typeof tokens = 'admin',
) {
  const params: Record<string, string> = { ...(name && { name }), ...(id && { webhookId: id }) };
  return call(handler, '/', { ...options, params, headers: { authorization: `Bearer ${tokens[caller]}` } });
}
const post = (body: object) => ask(create, { body: { name: 'client.created', ...body } });
const codesOf = ({ body }: { body: Record<string, unknown> }) =>
  (body.errors as { path: string; code: string }[] | undefined)?.map(({ path, code }) => `${path} ${code}`);

it('begins with the types that come with the product, as the code has them', async () => {
  const rows = await stack.sql`select * from webhook_event_types order by created_at`;
  expect(
    rows.map(({ name, labels, descriptions, sample, schema }) => ({
      name,
      labels,
      descriptions,
      sample,
      schema,
    })),
  ).toEqual(
    Object.entries(subscribableEventTypes).map(([name, { label, description, sample }]) => ({
      name,
      labels: label,
      descriptions: description,
      sample,
      schema: JSON.parse(JSON.stringify(z.toJSONSchema(eventSchemas[name as keyof typeof eventSchemas]))),
    })),
  );
});

describe('a type of one’s own', () => {
  it('is there at once: triggered, listened to, tested, without a deployment', async () => {
    const made = await post({ sample: { id: '1', nom: 'Chloé' }, schema: 'infer' });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      name: 'client.created',
      kind: 'client',
      labels: { fr: 'client.created', en: 'client.created' },
      schema: { type: 'object', required: ['id', 'nom'] },
      schema_mode: 'document',
      source: null,
      deprecated_at: null,
    });
    const webhook = await ask(createWebhook, {
      body: { name: 'x', url: 'http://127.0.0.1:49999/', events: ['client.created'] },
    });
    expect(webhook.status).toBe(201);
    const answer = await ask(
      trigger,
      { body: { event_type: 'client.created', payload: { id: '1' } } },
      'member',
    );
    expect(answer.body).toMatchObject({ deliveries: 1 });
    const emitted = await webhookService.triggerWebhooksForEvent('client.created', { id: '2' });
    expect(emitted.deliveries).toBe(1);
    browser.headers = new Headers({ authorization: `Bearer ${tokens.admin}` });
    const tested = await webhookService.sendTest(String(webhook.body.id), 'client.created');
    expect(tested.event?.payload).toEqual({ id: '1', nom: 'Chloé' });
    await expect(webhookService.sendTest(String(webhook.body.id), 'client.gone')).rejects.toThrow('registry');
    expect((await ask(list, {}, 'member')).body.items).toContainEqual(made.body);
  });

  it('is made by SQL too', async () => {
    await stack.sql`insert into webhook_event_types (name) values ('client.created')`;
    await addWebhook(stack.sql, { events: ['client.created'] });
    const [row] = await stack.sql`select emit_webhook_event('client.created', '{}') as answer`;
    expect(row?.answer.deliveries).toBe(1);
    expect((await ask(getOne, { name: 'client.created' })).body).toMatchObject({
      labels: { fr: '', en: '' },
    });
  });

  it('is written by administrators alone, and once', async () => {
    for (const caller of ['member', 'stranger'] as const) {
      expect((await ask(create, { body: { name: 'client.created' } }, caller)).status).toBe(403);
      expect((await ask(deprecate, { method: 'DELETE', name: 'lead.created' }, caller)).status).toBe(403);
    }
    expect((await ask(list, {}, 'stranger')).status).toBe(403);
    await post({});
    expect(await post({})).toMatchObject({ status: 409, body: { code: 'event_type_exists' } });
  });

  it.each([
    [{ name: 'Client.created' }, ['name event_name_invalid']],
    [{ name: 'client' }, ['name event_name_invalid']],
    [{ name: 'client.*' }, ['name event_name_invalid']],
    [{ name: `client.${'x'.repeat(100)}` }, ['name event_name_invalid']],
    [{ name: 'webhook.mine' }, ['name event_kind_reserved']],
    [{ schema: 7 }, ['schema schema_invalid']],
    [{ schema: true }, ['schema schema_invalid']],
    [{ schema: { type: 'strin' } }, ['schema schema_invalid']],
    [{ schema: { $ref: 'https://example.com/x' } }, ['schema schema_invalid']],
    [{ schema: { description: 'x'.repeat(70_000) } }, ['schema schema_invalid']],
    [{ schema: 'infer' }, ['schema sample_required']],
    [{ schema_mode: 'gate' }, ['schema schema_required']],
    [{ schema_mode: 'wall' }, ['schema_mode invalid']],
    [{ sample: 'text' }, ['sample sample_invalid']],
    [{ sample: { x: 'x'.repeat(70_000) } }, ['sample sample_invalid']],
    [{ labels: { fr: 'x'.repeat(201), en: '' } }, ['labels.fr text_too_long']],
    [{ label_paths: ['x'.repeat(10_000)] }, ['label_paths.0 label_path_invalid']],
    [{ source: 'crm_leads' }, ['source unknown_field']],
  ])('%j is refused', async (body, codes) => {
    const answer = await post(body);
    expect([answer.status, codesOf(answer)]).toEqual([422, codes]);
  });

  it('changes, is deprecated and taken back; the system’s own does not', async () => {
    await post({});
    const of = (body: object) => ask(patch, { method: 'PATCH', name: 'client.created', body });
    expect(
      (await of({ labels: { fr: 'Client créé', en: 'Client created' }, schema: { type: 'object' } })).body,
    ).toMatchObject({
      labels: { fr: 'Client créé' },
      schema: { type: 'object' },
      deprecated_at: null,
    });
    const { body } = await ask(deprecate, { method: 'DELETE', name: 'client.created' });
    expect(body.deprecated_at).toEqual(expect.any(String));
    const answer = await ask(trigger, { body: { event_type: 'client.created', payload: {} } });
    expect(answer).toMatchObject({ status: 202, body: { deprecated_at: body.deprecated_at } });
    expect((await of({ deprecated: false })).body.deprecated_at).toBeNull();
    expect((await of({})).status).toBe(422);
    expect((await of({ schema: null, schema_mode: 'gate' })).status).toBe(422);
    const own = await ask(patch, { method: 'PATCH', name: 'webhook.disabled', body: { schema: {} } });
    expect(own.status).toBe(403);
    for (const name of ['client.gone', 'x', '%'])
      expect((await ask(deprecate, { method: 'DELETE', name })).body.code).toBe('event_type_not_found');
  });
});

describe('two changes at once', () => {
  /** Patches while somebody else's change, written but not committed, is waited for. */
  async function patchedBehind(change: object, body: object) {
    const { promise: waited, resolve: commit } = Promise.withResolvers<void>();
    const other = stack.sql.begin(async (sql) => {
      await sql`update webhook_event_types set ${sql(change)} where name = 'client.created'`;
      await waited;
    });
    const answer = ask(patch, { method: 'PATCH', name: 'client.created', body });
    const isBlocked = async () => {
      const rows = await stack.sql`select from pg_locks where not granted and locktype = 'transactionid'`;
      expect(rows.length).toBeGreaterThan(0);
    };
    await vi.waitFor(isBlocked, 10_000).finally(commit);
    await other;
    return answer;
  }

  it('both stay, where they are about different things', async () => {
    await post({});
    const labels = { fr: 'Client créé', en: 'Client created' };
    const answer = await patchedBehind({ schema: { type: 'object' }, schema_mode: 'gate' }, { labels });
    expect(answer).toMatchObject({
      status: 200,
      body: { labels, schema: { type: 'object' }, schema_mode: 'gate' },
    });
  });

  it('the later one is refused, at its field, where it cannot be beside the other', async () => {
    await post({ schema: { type: 'object' } });
    const answer = await patchedBehind({ schema_mode: 'gate' }, { schema: null });
    expect([answer.status, codesOf(answer)]).toEqual([422, ['schema schema_required']]);
  });
});

describe('a schema that', () => {
  const schema = { type: 'object', properties: { montant: { type: 'number' } }, required: ['id'] };
  const payload = { montant: 'douze' };

  it('refuses does so at each door of the application, with the path', async () => {
    await post({ schema, schema_mode: 'gate' });
    const refused = await ask(trigger, { body: { event_type: 'client.created', payload } });
    expect(refused).toMatchObject({ status: 422, body: { code: 'payload_invalid' } });
    expect(codesOf(refused)).toEqual(['payload.id schema_refuses', 'payload.montant schema_refuses']);
    await expect(webhookService.triggerWebhooksForEvent('client.created', payload)).rejects.toThrow('schema');
    const events = [payload, { id: 1 }].map((one) => ({ event_type: 'client.created', payload: one }));
    const { body } = await ask(triggerBatch, { body: { events } });
    expect(body.results).toMatchObject([{ code: 'payload_invalid' }, { deliveries: 0 }]);
  });

  it('warns says so in the answer, and the event is stored', async () => {
    await post({ schema, schema_mode: 'warning' });
    const answer = await ask(trigger, { body: { event_type: 'client.created', payload } });
    expect(answer).toMatchObject({ status: 202, body: { event_id: expect.any(String) } });
    expect(answer.body.warnings).toMatchObject([{ path: 'payload.id' }, { path: 'payload.montant' }]);
  });

  it('documents says nothing', async () => {
    await post({ schema });
    const { body } = await ask(trigger, { body: { event_type: 'client.created', payload } });
    expect(Object.keys(body)).toEqual(['event_id', 'deliveries']);
  });
});

describe('a subscription', () => {
  const subscribe = (events: unknown) =>
    ask(createWebhook, { body: { name: 'x', url: 'http://127.0.0.1:49999/', events } });

  it.each([
    [['lead.created', 'lead.sold'], ['events.1 unknown_event']],
    [['lead.*', 'lead.c*'], ['events.1 unknown_event']],
    [[null], ['events.0 unknown_event']],
    [Array.from({ length: 201 }, (_, n) => `a${n}.*`), ['events events_too_many']],
  ])('to %j is refused', async (events, codes) => {
    expect(codesOf(await subscribe(events))).toEqual(codes);
    const admin = await stack.clientFor('admin');
    const row = { name: 'x', url: 'https://a.test/', events };
    expect((await admin.from('webhooks').insert(row)).error?.code).toMatch(/^(23514|22023)$/);
  });

  it('may be a pattern, whether something fits it or not, and is answered as it is', async () => {
    const { status, body } = await subscribe(['lead.*', 'nothing.*']);
    expect([status, body.events]).toEqual([201, ['lead.*', 'nothing.*']]);
    const changed = await ask(patchWebhook, {
      method: 'PATCH',
      id: String(body.id),
      body: { events: ['*'] },
    });
    expect(changed.body.events).toEqual(['*']);
  });

  it('gets what fits it: the kind, all but the system’s own, each event once', async () => {
    await post({});
    const ids = await Promise.all(
      [['lead.*'], ['*'], ['lead.*', '*', 'lead.created'], ['webhook.*'], ['file.*'], ['client.*']].map(
        (events) => addWebhook(stack.sql, { events }),
      ),
    );
    const heard = async (run: () => Promise<unknown>) => {
      await stack.sql`delete from webhook_queue`;
      await run();
      const rows = await stack.sql`select webhook_id from webhook_queue`;
      return rows.map(({ webhook_id }) => ids.indexOf(webhook_id)).sort();
    };
    expect(await heard(() => stack.sql`select emit_webhook_event('lead.created', '{}')`)).toEqual([0, 1, 2]);
    expect(await heard(() => stack.sql`select emit_webhook_event('client.created', '{}')`)).toEqual([
      1, 2, 5,
    ]);
    const disable = () =>
      stack.sql`update webhooks set status = 'inactive', disabled_reason = 'gone' where id = ${ids[4] ?? ''}`;
    expect(await heard(disable)).toEqual([3]);
  });

  it('is found by index among 10,000, whatever else they listen to', async () => {
    await stack.sql`
      insert into webhooks (name, url, events)
      select n::text, 'https://a.test/', case when n <= 2 then '{lead.created}' when n = 3 then '{lead.*}' else '{file.deleted}' end::text[]
      from generate_series(1, 10000) n`;
    await stack.sql`analyze webhooks`;
    const [plan] = await stack.sql`explain (format json)
      select w.id from webhooks w where w.status = 'active' and w.events && array['lead.created', 'lead.*', '*']`;
    expect(JSON.stringify(plan)).toContain('"Index Name":"webhooks_events"');
    const connection = await stack.sql.reserve();
    const emit = () =>
      connection`explain (analyze, buffers, format json) select emit_webhook_event('lead.created', '{}')`;
    await emit();
    const [row] = await emit();
    connection.release();
    // All of the table would be some 600 blocks.
    expect(row?.['QUERY PLAN'][0].Plan['Shared Hit Blocks']).toBeLessThan(300);
    expect(
      dataOf(
        await stack.adminClient().rpc('emit_webhook_event', { event_type: 'lead.created', payload: {} }),
      ),
    ).toMatchObject({
      deliveries: 3,
    });
  });
});
