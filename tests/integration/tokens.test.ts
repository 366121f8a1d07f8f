import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GET as listDeliveries } from '@/app/api/deliveries/route';
import { DELETE as revoke } from '@/app/api/tokens/[tokenId]/route';
import { GET as list, POST as make } from '@/app/api/tokens/route';
import { GET as getWebhook, PATCH as patchWebhook } from '@/app/api/webhooks/[webhookId]/route';
import { POST as rotate } from '@/app/api/webhooks/[webhookId]/secrets/rotate/route';
import { GET as secrets } from '@/app/api/webhooks/[webhookId]/secrets/route';
import { POST as preview } from '@/app/api/webhooks/conditions/preview/route';
import { POST as addByApi, GET as listWebhooks } from '@/app/api/webhooks/route';
import { POST as triggerBatch } from '@/app/api/webhooks/trigger/batch/route';
import { POST as trigger } from '@/app/api/webhooks/trigger/route';
import { apiTokenOf, tokenHash } from '@/lib/domain/apiToken';
import type { IssuedToken } from '@/lib/domain/issuedToken';
import { maskedValue } from '@/lib/domain/maskedValue';
import { stopDrain } from '@/lib/engine/processDrain';
import { startTestStack, type TestStack } from '../support/database';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy';
import { bearer, newToken } from '../support/machineToken';
import { browser, call } from '../support/nextHeaders';
import { addWebhook, unknownId } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * Machine tokens: who makes and ends them, what is no good one, and what each scope opens.
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

async function listed(): Promise<IssuedToken[]> {
  return (await call(list, '/api/tokens', bearer(admin))).body.items as IssuedToken[];
}

const answerTo = async (token: string) => {
  const { status, body } = await call(listWebhooks, '/api/webhooks', bearer(token));
  return [status, body.code];
};

describe('a token', () => {
  it('is told once, and kept as its hash', async () => {
    const { id, token } = await newToken(admin, 'manage', null);
    const [row] =
      await stack.sql`select *, encode(sha256, 'hex') as hash from webhook_tokens where id = ${id}`;
    expect(row).toMatchObject({ hash: tokenHash(token), expires_at: null, scope: 'manage' });
    expect(JSON.stringify(row)).not.toContain(token);
    const [first] = await listed();
    expect(first).toMatchObject({
      id,
      name: 'for manage',
      created_by: 'admin@devlink.test',
      last_used_at: null,
    });
    expect(token.startsWith(first?.prefix ?? 'none')).toBe(true);
    expect(JSON.stringify(first)).not.toContain(tokenHash(token));
  });

  it('is good for as long as was said', async () => {
    const { id } = await newToken(admin, 'read', 90);
    const [row] = await stack.sql`
      select extract(epoch from expires_at - created_at)::int / 86400 as days from webhook_tokens where id = ${id}`;
    expect(row?.days).toBe(90);
  });

  it.each([
    [{ name: ' ', scope: 'read', days: 30 }, 'name', 'token_name_required'],
    [{ name: 'x'.repeat(101), scope: 'read', days: 30 }, 'name', 'text_too_long'],
    [{ name: 'x', scope: 'admin', days: 30 }, 'scope', undefined],
    [{ name: 'x', scope: 'read', days: 31 }, 'days', undefined],
    [{ name: 'x', scope: 'read' }, 'days', undefined],
  ])('is not made of %o', async (body, path, code) => {
    const answer = await call(make, '/api/tokens', { body, ...bearer(admin) });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ path, ...(code ? { code } : {}) }]);
  });

  it('is made, listed and revoked by administrators alone', async () => {
    const { id, token } = await newToken(admin, 'manage');
    const member = await stack.accessToken('member');
    for (const [who, expected] of [
      [member, 'forbidden'],
      [token, 'people_only'],
    ] as const) {
      const answers = [
        await call(list, '/api/tokens', bearer(who)),
        await call(make, '/api/tokens', { body: { name: 'x', scope: 'read', days: 30 }, ...bearer(who) }),
        await revoked(id, who),
      ];
      expect(answers.map(({ status, body }) => [status, body.code])).toEqual(Array(3).fill([403, expected]));
    }
    expect((await call(list, '/api/tokens')).body.code).toBe('not_signed_in');
    expect(await answerTo(token)).toEqual([200, undefined]);
  });

  it('is at most one of 200 that are good', async () => {
    await stack.sql`
      insert into webhook_tokens (name, prefix, sha256, scope)
      select 'many', 'dlk_many', sha256(n::text::bytea), 'read' from generate_series(1, 200) as n`;
    const body = { name: 'x', scope: 'read', days: 30 };
    const refused = await call(make, '/api/tokens', { body, ...bearer(admin) });
    expect([refused.status, refused.body.code]).toEqual([409, 'too_many_tokens']);
    await stack.sql`update webhook_tokens set expires_at = now() where name = 'many'`;
    await newToken(admin, 'read');
    await stack.sql`delete from webhook_tokens where name = 'many'`;
  });
});

describe('what is no good token', () => {
  it('is told apart, and costs the database nothing where its text says so', async () => {
    const { token } = await newToken(admin, 'read');
    const before = proxy.seen();
    expect(await answerTo(token.slice(0, 30))).toEqual([401, 'token_incomplete']);
    expect(await answerTo(`${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`)).toEqual([
      401,
      'token_mistyped',
    ]);
    expect(await answerTo('ghp_0123456789')).toEqual([401, 'not_signed_in']);
    expect(proxy.seen()).toBe(before);
    expect(await answerTo(apiTokenOf(new Uint8Array(32).fill(7)))).toEqual([401, 'token_unknown']);
  });

  it('is one that has expired, from that very moment', async () => {
    const { id, token } = await newToken(admin, 'read');
    await stack.sql`update webhook_tokens set expires_at = now() + interval '1 second' where id = ${id}`;
    expect(await answerTo(token)).toEqual([200, undefined]);
    await expect.poll(() => answerTo(token), { timeout: 4000 }).toEqual([401, 'token_expired']);
  });

  it('is one that was revoked: in this process at once, for good', async () => {
    const { id, token } = await newToken(admin, 'read');
    expect(await answerTo(token)).toEqual([200, undefined]);
    expect((await revoked(id)).status).toBe(204);
    expect(await answerTo(token)).toEqual([401, 'token_revoked']);
    expect((await revoked(id)).status).toBe(204);
    expect((await listed()).find((one) => one.id === id)?.revoked_at).not.toBeNull();
    const missing = await revoked(unknownId());
    expect([missing.status, missing.body.code]).toEqual([404, 'token_not_found']);
  });

  it('is one that another process revoked, within 5 s', async () => {
    const { id, token } = await newToken(admin, 'read');
    expect(await answerTo(token)).toEqual([200, undefined]);
    await stack.sql`update webhook_tokens set revoked_at = now() where id = ${id}`;
    await expect.poll(() => answerTo(token), { timeout: 7000 }).toEqual([401, 'token_revoked']);
  });

  it('is none whose account is gone: a token belongs to the installation', async () => {
    const { id, token } = await newToken(admin, 'read');
    await stack.sql`update webhook_tokens set created_by = null where id = ${id}`;
    expect(await answerTo(token)).toEqual([200, undefined]);
    expect((await listed()).find((one) => one.id === id)?.created_by).toBeNull();
  });
});

describe('a scope', () => {
  it.each([
    ['trigger', { trigger: 202, batch: 202, read: 403, ask: 403, manage: 403, secrets: 403 }],
    ['read', { trigger: 403, batch: 403, read: 200, ask: 200, manage: 403, secrets: 403 }],
    ['manage', { trigger: 202, batch: 202, read: 200, ask: 200, manage: 200, secrets: 403 }],
  ] as const)('%s opens %o', async (scope, expected) => {
    const { token } = await newToken(admin, scope);
    const webhookId = await addWebhook(stack.sql);
    const at = { params: { webhookId }, ...bearer(token) };
    const answers = {
      trigger: await call(trigger, '/api/webhooks/trigger', { body: event, ...bearer(token) }),
      batch: await call(triggerBatch, '/x', { body: { events: [event] }, ...bearer(token) }),
      read: await call(listDeliveries, '/api/deliveries', bearer(token)),
      ask: await call(preview, '/x', {
        body: { conditions: [], events: ['lead.created'] },
        ...bearer(token),
      }),
      manage: await call(patchWebhook, '/x', { method: 'PATCH', body: { description: 'changed' }, ...at }),
      secrets: await call(secrets, '/x', at),
    };
    const statuses = Object.fromEntries(Object.entries(answers).map(([what, { status }]) => [what, status]));
    expect(statuses).toEqual(expected);
    expect(answers.secrets.body.code).toBe('people_only');
    expect((await call(rotate, '/x', { body: { secret: 'secret_key' }, ...at })).body.code).toBe(
      'people_only',
    );
    const refused = [answers.trigger, answers.read, answers.manage].filter(({ status }) => status === 403);
    for (const { body } of refused) expect(body.code).toBe('scope_exceeded');
    if (scope === 'read')
      expect(answers.trigger.body.detail).toBe('This API token has the scope "read": this needs "trigger".');
  });

  it('opens what a browser would be refused, and beside a token no cookie counts', async () => {
    const { token } = await newToken(admin, 'trigger');
    const foreign = { origin: 'https://elsewhere.test', 'sec-fetch-site': 'cross-site' };
    const options = { body: event, ...bearer(token, foreign) };
    expect((await call(trigger, '/api/webhooks/trigger', options)).status).toBe(202);
    const bare = await call(trigger, '/api/webhooks/trigger', { body: event, headers: foreign });
    expect([bare.status, bare.body.code]).toEqual([403, 'cross_site_request']);
  });

  it('shows no header values, and no webhook that was deleted', async () => {
    const { token } = await newToken(admin, 'manage');
    const headers = { authorization: 'Basic secret' };
    const input = { name: 'x', url: 'https://receiver.test/', events: ['lead.created'], headers };
    const made = await call(addByApi, '/api/webhooks', { body: input, ...bearer(token) });
    expect([made.status, made.body.headers]).toEqual([201, { authorization: maskedValue }]);
    const params = { webhookId: String(made.body.id) };
    const read = () => call(getWebhook, '/x', { params, ...bearer(token) });
    expect((await read()).body.headers).toEqual({ authorization: maskedValue });
    await stack.sql`select bury_webhook(${params.webhookId})`;
    expect((await read()).body.code).toBe('webhook_not_found');
    const { body } = await call(listWebhooks, '/api/webhooks', bearer(token));
    expect(JSON.stringify(body)).not.toContain(params.webhookId);
    const patch = { method: 'PATCH', body: { description: 'x' }, params, ...bearer(token) };
    expect((await call(patchWebhook, '/x', patch)).body.code).toBe('webhook_not_found');
  });
});
