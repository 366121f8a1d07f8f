import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { POST as signIn } from '@/app/api/auth/login/route';
import { POST as signOut } from '@/app/api/auth/logout/route';
import { GET as cron } from '@/app/api/cron/drain-deliveries/route';
import { GET as listWebhooks } from '@/app/api/webhooks/route';
import { POST as trigger } from '@/app/api/webhooks/trigger/route';
import { stopDrain } from '@/lib/engine/drain';
import { testAccounts } from '../support/cluster';
import { startTestStack, type TestStack } from '../support/database';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy';
import { browser, call } from '../support/nextHeaders';
import { addWebhook } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * Who gets in, and what it costs to find out: route handlers on a real database and auth server, whose calls are counted.
 */

let stack: TestStack;
let proxy: FaultProxy;
beforeAll(async () => {
  stack = await startTestStack();
  proxy = await startFaultProxy(stack.supabaseUrl);
  process.env.SUPABASE_URL = proxy.url; // before lib/env is read for the first time
});
afterAll(async () => {
  await stopDrain();
  await proxy?.close();
  await stack?.stop();
});
beforeEach(() => browser.jar.clear());
afterEach(() => proxy.fault(null));

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const event = { event_type: 'lead.created', payload: { id: '1' } };

async function tokenOfCookie(): Promise<string> {
  const value = [...browser.jar]
    .sort()
    .map(([, part]) => part)
    .join('')
    .replace('base64-', '');
  return JSON.parse(Buffer.from(value, 'base64url').toString()).access_token;
}

describe('a session that was ended', () => {
  it('is over for its cookie, its bearer, and in REST, and no other is', async () => {
    const other = await stack.accessToken('admin');
    expect((await call(signIn, '/api/auth/login', { body: testAccounts.admin })).status).toBe(204);
    const token = await tokenOfCookie();
    const jar = new Map(browser.jar);
    expect((await call(listWebhooks, '/api/webhooks')).status).toBe(200);
    expect((await call(listWebhooks, '/api/webhooks', bearer(token))).status).toBe(200);
    expect((await call(trigger, '/api/webhooks/trigger', { body: event, ...bearer(token) })).status).toBe(
      202,
    );

    expect((await call(signOut, '/api/auth/logout', { method: 'POST' })).status).toBe(204);
    expect(browser.jar.size).toBe(0);
    for (const [what, options] of [
      ['bearer', bearer(token)],
      ['a copy of the cookie', {}],
    ] as const) {
      if (what !== 'bearer') browser.jar = jar;
      const listed = await call(listWebhooks, '/api/webhooks', options);
      expect([what, listed.status, listed.body.code]).toEqual([what, 401, 'not_signed_in']);
      const triggered = await call(trigger, '/api/webhooks/trigger', { body: event, ...options });
      expect([what, triggered.status, triggered.body.code]).toEqual([what, 401, 'not_signed_in']);
    }
    await addWebhook(stack.sql);
    const inRest = async (accessToken: string) => {
      const headers = { apikey: stack.publishableKey, authorization: `Bearer ${accessToken}` };
      return (await fetch(`${stack.supabaseUrl}/rest/v1/webhooks?select=name`, { headers })).json();
    };
    expect(await inRest(token)).toEqual([]);
    expect(await inRest(other)).toHaveLength(1);
    expect((await call(listWebhooks, '/api/webhooks', bearer(other))).status).toBe(200);
  });
});

describe('who brings nothing, or something unknown', () => {
  const claims = { sub: crypto.randomUUID(), role: 'authenticated', session_id: crypto.randomUUID() };
  const signed = (key: Parameters<SignJWT['sign']>[0], alg: string, expires: string) =>
    new SignJWT(claims).setProtectedHeader({ alg, kid: 'k' }).setExpirationTime(expires).sign(key);
  const secret = (text: string) => new TextEncoder().encode(text);

  it('costs no call', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    const own = process.env.SUPABASE_JWT_SECRET ?? '';
    const tokens = [
      'nonsense',
      'a.b.c',
      `${btoa('{"alg":"none"}')}.${btoa(JSON.stringify(claims))}.`,
      await signed(secret('x'.repeat(32)), 'HS256', '1h'),
      await signed(secret(own), 'HS256', '-1h'),
      await signed(secret(own), 'HS512', '1h').then((token) => `${token}x`),
      await new SignJWT({ role: 'service_role' })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('1h')
        .sign(secret(own)),
      stack.secretKey,
    ];
    const before = proxy.seen();
    for (const options of [{}, ...tokens.map(bearer)]) {
      const listed = await call(listWebhooks, '/api/webhooks', options);
      expect([options, listed.status, listed.body.code]).toEqual([options, 401, 'not_signed_in']);
      const triggered = await call(trigger, '/api/webhooks/trigger', { body: event, ...options });
      expect([options, triggered.status]).toEqual([options, 401]);
      const drained = await call(cron, '/api/cron/drain-deliveries?budget=0', options);
      expect([options, drained.status, drained.body.code]).toEqual([options, 401, 'wrong_cron_secret']);
    }
    browser.jar.set('sb-127-auth-token', 'base64-nonsense');
    expect((await call(listWebhooks, '/api/webhooks')).status).toBe(401);
    expect(proxy.seen()).toBe(before);

    // Keys that nobody has are looked for once, at the auth server alone.
    const foreign = await signed(privateKey, 'ES256', '1h');
    for (let n = 0; n < 20; n++)
      expect((await call(listWebhooks, '/api/webhooks', bearer(foreign))).status).toBe(401);
    expect(proxy.seen()).toBe(before + 1);
  });
});
