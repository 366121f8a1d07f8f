import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GET as readRequest } from '@/app/api/playground/inboxes/[inboxId]/requests/[requestId]/route';
import { DELETE as removeInbox } from '@/app/api/playground/inboxes/[inboxId]/route';
import { GET as requests } from '@/app/api/playground/listeners/[inboxId]/requests/route';
import { POST as start } from '@/app/api/playground/listeners/route';
import type { ListenedRequest, Listener } from '@/lib/domain/listener';
import { maskedValue } from '@/lib/domain/maskedValue';
import { deliveryHeaders, verifySeedSignature } from '@/lib/domain/signature';
import { stopDrain } from '@/lib/engine/processDrain';
import { playgroundService } from '@/lib/services/playgroundService';
import { runChore } from '@/lib/store/upkeepStore';
import { startTestStack, type TestStack } from '../support/database';
import { bearer, newToken } from '../support/machineToken';
import { browser, call } from '../support/nextHeaders';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * A program that listens for a while: what it is given, what it sees, and that nothing of it stays.
 */

let stack: TestStack;
let token: string;
let reader: string;
beforeAll(async () => {
  stack = await startTestStack();
  process.env.WEBHOOKS_ALLOW_HTTP = 'true';
  process.env.WEBHOOKS_ALLOW_NETWORKS = '127.0.0.0/8';
  const admin = await stack.accessToken('admin');
  token = (await newToken(admin, 'manage')).token;
  reader = (await newToken(admin, 'read')).token;
});
afterAll(async () => {
  await stopDrain();
  await stack?.stop();
});
beforeEach(() => browser.jar.clear());

const as = (text: string) => bearer(text, { host: '127.0.0.1:3000' });

async function listen(): Promise<Listener> {
  const body = { name: 'devlink listen', events: ['lead.*'] };
  const answer = await call(start, '/api/playground/listeners', { body, ...as(token) });
  expect(answer.status).toBe(201);
  return answer.body as unknown as Listener;
}

const heard = (inboxId: string, since = '', text = token) =>
  call(requests, `/api/playground/listeners/${inboxId}/requests${since && `?since=${since}`}`, {
    params: { inboxId },
    ...as(text),
  });

const body = JSON.stringify({ event_type: 'lead.created', payload: { nom: 'Zoé' }, timestamp: 't' });

/** What the dispatcher would send of the listener's webhook. */
function deliver({ inbox_id, secret_key, signing_secret }: Listener, secret = signing_secret) {
  const headers = deliveryHeaders({
    deliveryId: randomUUID(),
    eventType: 'lead.created',
    sequence: null,
    origin: null,
    body,
    timestampSeconds: Math.floor(Date.now() / 1000),
    userAgent: 'test',
    webhook: { headers: {}, secret_key, seed_signature_enabled: true, signing_secrets: [secret] },
  });
  return playgroundService.receive(inbox_id, {
    method: 'POST',
    query: '',
    headers: new Headers({ ...headers, 'x-forwarded-for': '192.0.2.1' }),
    body: Buffer.from(body),
  });
}

const activeWebhooks = () => stack.sql`select id from webhooks where deleted_at is null`;

describe('a listener', () => {
  it('gets what its webhook sends as it came, and keeps both signatures', async () => {
    const listener = await listen();
    await deliver(listener);
    const answer = await heard(listener.inbox_id);
    const [request] = answer.body.items as ListenedRequest[];
    expect([answer.status, request?.body, request?.event_type]).toEqual([200, body, 'lead.created']);
    const headers: Record<string, string> = request?.headers ?? {};
    expect(headers['x-forwarded-for']).toBeUndefined();
    expect(verifySeedSignature(body, headers['x-webhook-signature'] ?? '', listener.secret_key)).toBe(true);
    expect(headers['webhook-signature']).toMatch(/^v1,/);
  });

  it('shows people the same request with its secrets masked', async () => {
    const listener = await listen();
    await deliver(listener);
    const [stored] = (await heard(listener.inbox_id)).body.items as ListenedRequest[];
    const params = { inboxId: listener.inbox_id, requestId: stored?.id ?? '' };
    const { body: shown } = await call(readRequest, '/api/playground/inboxes/x/requests/x', {
      params,
      ...as(reader),
    });
    expect((shown.headers as Record<string, string>)['x-webhook-signature']).toBe(maskedValue);
  });

  it('sees nothing in clear of what others send to its address', async () => {
    const listener = await listen();
    await deliver(listener, `whsec_${Buffer.from('another one').toString('base64')}`);
    const [request] = (await heard(listener.inbox_id)).body.items as ListenedRequest[];
    expect(request?.headers['x-webhook-signature']).toBe(maskedValue);
  });

  it('is asked for what is new, with some seconds over', async () => {
    const listener = await listen();
    await deliver(listener);
    await deliver(listener);
    await stack.sql`update playground_requests set id = webhook_uuid_v7_floor(now() - interval '1 hour'),
      received_at = now() - interval '1 hour' where id = (select min(id::text)::uuid from playground_requests where inbox_id = ${listener.inbox_id})`;
    const all = (await heard(listener.inbox_id)).body.items as ListenedRequest[];
    expect(all).toHaveLength(2);
    const { items } = (await heard(listener.inbox_id, all[1]?.received_at)).body;
    expect((items as ListenedRequest[]).map(({ id }) => id)).toEqual([all[1]?.id]);
  });

  it('is for tokens that manage, and only its own inbox', async () => {
    const listener = await listen();
    expect((await heard(listener.inbox_id, '', reader)).body.code).toBe('scope_exceeded');
    const [plain] = await stack.sql`insert into playground_inboxes (name) values ('Boîte') returning id`;
    expect((await heard(plain?.id)).body.code).toBe('inbox_not_found');
  });

  it('says where this installation may not call itself', async () => {
    const { status, body: problem } = await call(start, '/api/playground/listeners', {
      body: { name: 'x', events: ['lead.*'] },
      ...bearer(token, { host: '10.0.0.1' }),
    });
    expect([status, problem.errors]).toMatchObject([422, [{ path: 'url', code: 'url_private_address' }]]);
  });
});

describe('the webhook of a listener', () => {
  beforeEach(() => stack.sql`delete from webhooks`);

  it('goes with its inbox', async () => {
    const listener = await listen();
    expect(await activeWebhooks()).toEqual([{ id: listener.webhook_id }]);
    const params = { inboxId: listener.inbox_id };
    const { status } = await call(removeInbox, '/api/playground/inboxes/x', {
      method: 'DELETE',
      params,
      ...as(token),
    });
    expect(status).toBe(204);
    expect(await activeWebhooks()).toEqual([]);
  });

  it('is missed when somebody deleted it', async () => {
    const listener = await listen();
    await stack.sql`delete from webhooks where id = ${listener.webhook_id}`;
    expect((await heard(listener.inbox_id)).body.code).toBe('webhook_not_found');
  });

  it('goes by itself when nobody has asked for 10 minutes', async () => {
    const [left, kept] = [await listen(), await listen()];
    await stack.sql`update playground_inboxes set listened_at = now() - interval '9 minutes'`;
    await runChore('forget_webhook_listeners', 30);
    expect(await activeWebhooks()).toHaveLength(2);
    await heard(kept.inbox_id);
    await stack.sql`update playground_inboxes set listened_at = listened_at - interval '2 minutes'`;
    await runChore('forget_webhook_listeners', 30);
    expect(await activeWebhooks()).toEqual([{ id: kept.webhook_id }]);
    expect((await heard(left.inbox_id)).body.code).toBe('inbox_not_found');
  });
});
