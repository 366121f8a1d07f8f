import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { POST as erase } from '@/app/api/records/erase/route';
import { DELETE as revoke } from '@/app/api/tokens/[tokenId]/route';
import { GET as getWebhook, PATCH as patchWebhook } from '@/app/api/webhooks/[webhookId]/route';
import { GET as listWebhooks } from '@/app/api/webhooks/route';
import { POST as triggerBatch } from '@/app/api/webhooks/trigger/batch/route';
import { POST as trigger } from '@/app/api/webhooks/trigger/route';
import { tokenHash } from '@/lib/domain/apiToken';
import { stopDrain } from '@/lib/engine/processDrain';
import { startTestStack, type TestStack } from '../support/database';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy';
import { bearer, newToken } from '../support/machineToken';
import { browser, call } from '../support/nextHeaders';
import { addWebhook, unknownId } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * Machine tokens at work: keys, look-ups, limits, and what the audit log tells.
 */

let stack: TestStack;
let proxy: FaultProxy;
let admin: string;
beforeAll(async () => {
  stack = await startTestStack();
  proxy = await startFaultProxy(stack.supabaseUrl);
  // Before lib/env is read for the first time.
  process.env.SUPABASE_URL = proxy.url;
  process.env.WEBHOOKS_TRIGGERS_PER_MINUTE = '60';
  admin = await stack.accessToken('admin');
});
afterAll(async () => {
  await stopDrain();
  await proxy?.close();
  await stack?.stop();
});
beforeEach(() => browser.jar.clear());

const event = { event_type: 'lead.created', payload: { id: '1' } };

const revoked = (tokenId: string, token = admin) =>
  call(revoke, `/api/tokens/${tokenId}`, { method: 'DELETE', params: { tokenId }, ...bearer(token) });

const answerTo = async (token: string) => {
  const { status, body } = await call(listWebhooks, '/api/webhooks', bearer(token));
  return [status, body.code];
};

describe('a trigger', () => {
  it('has keys of its own for each token', async () => {
    const [one, two] = [await newToken(admin, 'trigger'), await newToken(admin, 'trigger')];
    const keyed = { ...event, idempotency_key: 'the same' };
    const send = async (token: string, payload: object = event.payload) =>
      (await call(trigger, '/api/webhooks/trigger', { body: { ...keyed, payload }, ...bearer(token) })).body;
    const first = await send(one.token);
    expect((await send(one.token)).event_id).toBe(first.event_id);
    expect((await send(two.token, { id: 'other' })).event_id).not.toBe(first.event_id);
    expect((await send(one.token, { id: 'other' })).code).toBe('idempotency_key_reused');
  });

  it('asks for its token once in 5 s, however many come', async () => {
    const { token } = await newToken(admin, 'trigger');
    await call(trigger, '/api/webhooks/trigger', { body: event, ...bearer(token) });
    await proxy.fault({ kind: 'slow', ms: 0 }, /use_webhook_token/);
    const before = proxy.struck();
    await Promise.all(
      Array.from({ length: 20 }, () =>
        call(trigger, '/api/webhooks/trigger', { body: event, ...bearer(token) }),
      ),
    );
    expect(proxy.struck() - before).toBeLessThanOrEqual(1);
    await proxy.fault(null);
  });
});

describe('too many calls', () => {
  it('are refused for their token alone, and told when the next one is taken', async () => {
    const [busy, other] = [await newToken(admin, 'trigger'), await newToken(admin, 'trigger')];
    const body = { events: Array(60).fill(event) };
    expect((await call(triggerBatch, '/x', { body, ...bearer(busy.token) })).status).toBe(202);
    const refused = await call(trigger, '/x', { body: event, ...bearer(busy.token) });
    expect([refused.status, refused.body.code]).toEqual([429, 'too_many_requests']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await call(trigger, '/x', { body: event, ...bearer(other.token) })).status).toBe(202);
  });

  it('are 1,200 a minute where the route has no limit of its own', async () => {
    const { token } = await newToken(admin, 'trigger');
    const { token: reading } = await newToken(admin, 'read');
    const statuses = new Set<number>();
    for (let calls = 0; calls < 1201; calls++)
      statuses.add(
        (await call(getWebhook, '/x', { params: { webhookId: 'none' }, ...bearer(reading) })).status,
      );
    expect([...statuses]).toEqual([404, 429]);
    expect((await call(trigger, '/x', { body: event, ...bearer(token) })).status).toBe(202);
  });
});

describe('the audit log', () => {
  it('keeps who made and revoked a token, each address that used it, and what it changed', async () => {
    const { id, token } = await newToken(admin, 'manage');
    const webhookId = await addWebhook(stack.sql);
    for (const address of ['192.0.2.1', '192.0.2.1', '198.51.100.7']) {
      const headers = { 'x-forwarded-for': address };
      await call(listWebhooks, '/api/webhooks', bearer(token, headers));
    }
    const body = { description: 'by a machine' };
    await call(patchWebhook, '/x', { method: 'PATCH', body, params: { webhookId }, ...bearer(token) });
    await revoked(id);
    const [account] = await stack.sql`select id from auth.users where email = 'admin@devlink.test'`;
    const rows = await stack.sql`
      select action, user_id, token_id, address from webhook_audit_log
      where about_token = ${id} or token_id = ${id} order by id`;
    const person = { user_id: account?.id, token_id: null, address: null };
    expect([...rows]).toEqual([
      { action: 'token_made', ...person },
      { action: 'token_used', user_id: null, token_id: id, address: '192.0.2.1' },
      { action: 'token_used', user_id: null, token_id: id, address: '198.51.100.7' },
      { action: 'updated', user_id: null, token_id: id, address: null },
      { action: 'token_revoked', ...person },
    ]);
    const [used] =
      await stack.sql`select now() - last_used_at < interval '1 minute' as now from webhook_tokens where id = ${id}`;
    expect(used?.now).toBe(true);
  });

  it('keeps no more than 100 addresses of one', async () => {
    const { id, token } = await newToken(admin, 'read');
    for (let n = 0; n < 105; n++)
      await stack
        .adminClient()
        .rpc('use_webhook_token', { sha256: tokenHash(token), address: `10.0.0.${n}` });
    const [row] = await stack.sql`
      select count(*)::int as n from webhook_audit_log where token_id = ${id} and action = 'token_used'`;
    expect(row?.n).toBe(100);
  });

  it('takes nobody’s word but the service’s for which token acts', async () => {
    const webhookId = await addWebhook(stack.sql);
    const forged = await fetch(`${stack.supabaseUrl}/rest/v1/webhooks?id=eq.${webhookId}`, {
      method: 'PATCH',
      headers: {
        apikey: stack.publishableKey,
        authorization: `Bearer ${admin}`,
        'content-type': 'application/json',
        'x-devlink-token': unknownId(),
      },
      body: JSON.stringify({ description: 'forged' }),
    });
    expect(forged.ok).toBe(true);
    const [row] = await stack.sql`
      select token_id from webhook_audit_log where webhook_id = ${webhookId} and action = 'updated'`;
    expect(row?.token_id).toBeNull();
  });

  it('tells nothing of a use whose row somebody holds, and keeps no request waiting', async () => {
    const { id, token } = await newToken(admin, 'read');
    await stack.sql.begin(async (transaction) => {
      await transaction`select from webhook_tokens where id = ${id} for update`;
      expect(await answerTo(token)).toEqual([200, undefined]);
    });
  });
});

it('erasing is for manage', async () => {
  const { token } = await newToken(admin, 'manage');
  expect((await call(erase, '/x', { body: { record_id: 'nobody' }, ...bearer(token) })).status).toBe(200);
});
