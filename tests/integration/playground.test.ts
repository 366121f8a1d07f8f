import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { InboxBehaviour } from '@/lib/domain/inboxAnswer';
import { deliveryHeaders } from '@/lib/domain/signature';
import { playgroundService } from '@/lib/services/playgroundService';
import { runChore } from '@/lib/store/upkeepStore';
import { testStack } from '../support/testStack';
import { addWebhook } from '../support/webhooks';

const stack = testStack();
let inboxId: string;
beforeEach(async () => {
  await stack.sql`delete from webhooks`;
  await stack.sql`delete from playground_inboxes`;
  inboxId = await addInbox();
});

async function addInbox(behaviour: InboxBehaviour = 'ok'): Promise<string> {
  const [inbox] = await stack.sql`
    insert into playground_inboxes (name, behaviour) values ('Boîte', ${behaviour}) returning id`;
  return inbox?.id;
}

const addressOf = (id: string) => `http://127.0.0.1:3000/api/playground/${id}`;
const body = JSON.stringify({ event_type: 'lead.created', payload: { nom: 'Zoé' }, timestamp: 't' });

type Secrets = { secret_key: string; signing_secret: string };

async function secretsOf(webhookId: string): Promise<Secrets> {
  const [row] = await stack.sql<Secrets[]>`
    select secret_key, signing_secret from webhook_secrets where webhook_id = ${webhookId}`;
  if (!row) throw new Error('no secrets');
  return row;
}

/** The headers of a real delivery. */
function signed({ secret_key, signing_secret }: Secrets, options: { id?: string; at?: number } = {}) {
  return deliveryHeaders({
    deliveryId: options.id ?? randomUUID(),
    eventType: 'lead.created',
    sequence: null,
    origin: null,
    body,
    timestampSeconds: options.at ?? Math.floor(Date.now() / 1000),
    userAgent: 'test',
    webhook: { headers: {}, secret_key, seed_signature_enabled: true, signing_secrets: [signing_secret] },
  });
}

const receive = (headers: Record<string, string>, id = inboxId, text = body) =>
  playgroundService.receive(id, {
    method: 'POST',
    query: '',
    headers: new Headers(headers),
    body: Buffer.from(text),
  });

const received = (id = inboxId) =>
  stack.sql`select * from playground_requests where inbox_id = ${id} order by id`;

describe('both signatures', () => {
  it('are valid for what its webhook sent, under whatever address the inbox is reached', async () => {
    const webhookId = await addWebhook(stack.sql, {
      url: `https://crm.example/api/playground/${inboxId.toUpperCase()}?x=1`,
    });
    expect(await receive(signed(await secretsOf(webhookId)))).toMatchObject({ status: 200 });
    expect(await received()).toMatchObject([
      {
        seed_signature: 'valid',
        standard_signature: 'valid',
        webhook_id: webhookId,
        event_type: 'lead.created',
        attempt: 1,
        body,
      },
    ]);
  });

  it('tell which of several webhooks sent it', async () => {
    await addWebhook(stack.sql, { url: addressOf(inboxId) });
    const sender = await addWebhook(stack.sql, { url: addressOf(inboxId) });
    await receive(signed(await secretsOf(sender)));
    expect(await received()).toMatchObject([{ webhook_id: sender, standard_signature: 'valid' }]);
  });

  it('are invalid when the body was changed', async () => {
    const webhookId = await addWebhook(stack.sql, { url: addressOf(inboxId) });
    await receive(signed(await secretsOf(webhookId)), inboxId, body.replace('Zoé', 'Zoe'));
    expect(await received()).toMatchObject([{ seed_signature: 'invalid', standard_signature: 'invalid' }]);
  });

  it('are invalid with another webhook’s secrets, and the standard one when it is old', async () => {
    const webhookId = await addWebhook(stack.sql, { url: addressOf(inboxId) });
    const stranger = await addWebhook(stack.sql);
    await receive(signed(await secretsOf(stranger)));
    await receive(signed(await secretsOf(webhookId), { at: Math.floor(Date.now() / 1000) - 301 }));
    expect(await received()).toMatchObject([
      { seed_signature: 'invalid', standard_signature: 'invalid' },
      { seed_signature: 'valid', standard_signature: 'invalid' },
    ]);
  });

  it('accept the former signing secret only while the rotation overlaps', async () => {
    const webhookId = await addWebhook(stack.sql, { url: addressOf(inboxId) });
    const former = await secretsOf(webhookId);
    await stack.sql`update webhook_secrets set previous_signing_secret = signing_secret,
      signing_secret = 'whsec_bmV3', previous_expires_at = now() + interval '1 hour'
      where webhook_id = ${webhookId}`;
    await receive(signed(former));
    await stack.sql`update webhook_secrets set previous_expires_at = now() - interval '1 second'`;
    await receive(signed(former));
    expect((await received()).map((row) => row.standard_signature)).toEqual(['valid', 'invalid']);
  });

  it('are absent, or not to be checked when no webhook has the address', async () => {
    await receive({});
    await receive({ 'x-webhook-signature': 'eA==', 'webhook-signature': 'v1,eA==' });
    expect(await received()).toMatchObject([
      { seed_signature: 'absent', standard_signature: 'absent', webhook_id: null },
      { seed_signature: 'unknown', standard_signature: 'unknown', webhook_id: null },
    ]);
  });
});

describe('what is kept', () => {
  it('holds no secret: the seed’s signature and credentials are masked', async () => {
    const webhookId = await addWebhook(stack.sql, { url: addressOf(inboxId) });
    const secrets = await secretsOf(webhookId);
    await receive({
      ...signed(secrets),
      Authorization: 'Bearer open-sesame',
      'X-Forwarded-For': '10.0.0.1',
      'X-Custom-Header': 'value',
      'X-Auth': 'open-sesame',
    });
    const [row] = await received();
    const text = JSON.stringify(row);
    expect(text).not.toContain('open-sesame');
    expect(text).not.toContain(Buffer.from(secrets.secret_key).toString('base64').slice(0, 40));
    expect(row?.headers).toMatchObject({ 'x-custom-header': 'value', 'webhook-id': expect.any(String) });
    expect(row?.headers).not.toHaveProperty('x-forwarded-for');
  });

  it('survives any bytes: NUL, broken UTF-8, a whole MiB', async () => {
    const bytes = Buffer.from([0x00, 0xff, 0xed, 0xa0, 0x80, 0x41]);
    for (const content of [bytes, Buffer.alloc(1024 * 1024)])
      await playgroundService.receive(inboxId, {
        method: 'PUT',
        query: '?a=%00',
        headers: new Headers(),
        body: content,
      });
    expect((await received()).map((row) => row.method)).toEqual(['PUT', 'PUT']);
  });

  it('is the last 100 requests, and nothing older than 24 hours', async () => {
    for (let n = 0; n < 103; n += 1) await receive({ 'x-webhook-event': `e${n}` });
    const kept = await received();
    expect(kept).toHaveLength(100);
    expect(kept.at(-1)?.event_type).toBe('e102');
    await stack.sql`update playground_requests set received_at = now() - interval '25 hours'
      where event_type = 'e50'`;
    await runChore('forget_playground_requests', 30);
    expect(await received()).toHaveLength(99);
  });

  it('is 16 MiB of bodies at most, the newest', async () => {
    const send = (size: number, event: string) =>
      receive({ 'x-webhook-event': event }, inboxId, 'x'.repeat(size));
    for (let n = 0; n < 20; n += 1) await send(1024 * 1024, `e${n}`);
    expect((await received()).map((row) => row.event_type)).toEqual(
      Array.from({ length: 16 }, (_, n) => `e${n + 4}`),
    );
    await send(1, 'small');
    expect(await received()).toHaveLength(16);
  });
});

describe('what an inbox answers', () => {
  it.each([
    ['ok', 200],
    ['error', 500],
    ['gone', 410],
    ['retry_after', 503],
  ] as const)('%s is %i', async (behaviour, status) => {
    const id = await addInbox(behaviour);
    expect(await receive({}, id)).toMatchObject({ status, afterMs: 0 });
    expect(await received(id)).toMatchObject([{ answered_status: status }]);
  });

  it('counts the tries of one delivery, and recovers at the third', async () => {
    const id = await addInbox('recovers');
    const delivery = { 'x-webhook-delivery-id': randomUUID() };
    const statuses = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await receive(delivery, id))?.status);
    expect(statuses).toEqual([500, 500, 200]);
    expect((await received(id)).map((row) => row.attempt)).toEqual([1, 2, 3]);
    expect(await receive({ 'x-webhook-delivery-id': randomUUID() }, id)).toMatchObject({ status: 500 });
  });

  it('is nothing at an address that no inbox has', async () => {
    expect(await receive({}, randomUUID())).toBeNull();
  });
});

it('belongs to administrators', { tags: ['publishable'] }, async () => {
  await receive({});
  for (const caller of ['anonymous', 'stranger', 'member'] as const) {
    const client = await stack.clientFor(caller);
    for (const table of ['playground_inboxes', 'playground_requests']) {
      const { data } = await client.from(table).select();
      expect(data ?? []).toEqual([]);
    }
    expect((await client.from('playground_inboxes').insert({ name: 'x' })).error).not.toBeNull();
  }
  const admin = await stack.clientFor('admin');
  expect((await admin.from('playground_requests').select()).data).toHaveLength(1);
});
