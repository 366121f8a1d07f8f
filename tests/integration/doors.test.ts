import { generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { POST as signIn } from '@/app/api/auth/login/route';
import { POST as signOut } from '@/app/api/auth/logout/route';
import { POST as choosePassword } from '@/app/api/auth/password/route';
import { POST as recover } from '@/app/api/auth/recover/route';
import { GET as session } from '@/app/api/auth/session/route';
import { GET as cron } from '@/app/api/cron/drain-deliveries/route';
import { GET as health } from '@/app/api/health/route';
import { POST as preview } from '@/app/api/transforms/preview/route';
import { POST as test } from '@/app/api/webhooks/[webhookId]/test/route';
import { POST as probe } from '@/app/api/webhooks/probe/route';
import { GET as listWebhooks } from '@/app/api/webhooks/route';
import { POST as trigger } from '@/app/api/webhooks/trigger/route';
import { stopDrain } from '@/lib/engine/processDrain';
import { testAccounts } from '../support/accounts';
import { startTestStack, type TestStack } from '../support/database';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/faultProxy';
import { holdLog } from '../support/heldLog';
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
  // Before lib/env is read for the first time.
  process.env.SUPABASE_URL = proxy.url;
  process.env.WEBHOOKS_TRIGGERS_PER_MINUTE = '60';
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

/** Of all pieces of the session's cookie. */
const cookieText = () =>
  [...browser.jar]
    .sort()
    .map(([, part]) => part)
    .join('');

async function tokenOfCookie(): Promise<string> {
  return JSON.parse(Buffer.from(cookieText().replace('base64-', ''), 'base64url').toString()).access_token;
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
      await signed(secret(own), 'HS512', '1h').then((token) => `${token}x`),
      await new SignJWT({ role: 'service_role' })
        .setProtectedHeader({ alg: 'HS256' })
        .setExpirationTime('1h')
        .sign(secret(own)),
      stack.secretKey,
    ];
    let before = proxy.seen();
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

    // Whether its time is up is for the API to say: this machine's clock may be wrong.
    const old = bearer(await signed(secret(own), 'HS256', '-1h'));
    expect((await call(listWebhooks, '/api/webhooks', old)).status).toBe(401);
    expect((await call(trigger, '/api/webhooks/trigger', { body: event, ...old })).status).toBe(401);
    before = proxy.seen();

    // Keys that nobody has are looked for once, at the auth server alone.
    const foreign = await signed(privateKey, 'ES256', '1h');
    for (let n = 0; n < 20; n++)
      expect((await call(listWebhooks, '/api/webhooks', bearer(foreign))).status).toBe(401);
    expect(proxy.seen()).toBe(before + 1);
  });
});

const json = { 'content-type': 'application/json' };
const answers = (status: number, body: object, headers: object = {}): Fault => ({
  kind: 'answer',
  status,
  body: JSON.stringify(body),
  headers: { ...json, ...headers },
});

describe('a sign-in', () => {
  const attempt = () => {
    const body = { email: `${crypto.randomUUID()}@example.fr`, password: 'a-password' };
    return call(signIn, '/api/auth/login', { body, headers: { 'x-forwarded-for': '203.0.113.9' } });
  };
  const hint = 'Double check your Supabase `anon` or `service_role` API key.';
  const quota =
    'Service for this project is restricted due to the following violations: exceed_egress_quota.';

  // What a real project answers: status, body and headers.
  it.each<
    [what: string, answer: [status: number, body: object, headers?: object], expected: [number, string]]
  >([
    [
      'an address that was not confirmed',
      [400, { code: 400, error_code: 'email_not_confirmed', msg: 'Email not confirmed' }],
      [403, 'email_not_confirmed'],
    ],
    [
      'a suspended account',
      [400, { code: 400, error_code: 'user_banned', msg: 'User is banned' }],
      [403, 'user_banned'],
    ],
    [
      'wrong credentials',
      [400, { code: 400, error_code: 'invalid_credentials', msg: 'Invalid login credentials' }],
      [401, 'invalid_credentials'],
    ],
    ['a project over its quota', [402, { message: quota }], [503, 'project_restricted']],
    ['a paused project', [540, { message: 'Project paused' }], [503, 'project_restricted']],
    [
      'the auth server’s own limit',
      [429, { code: 429, error_code: 'over_request_rate_limit', msg: 'Request rate limit reached' }],
      [429, 'too_many_requests'],
    ],
    [
      'a gateway’s limit',
      [429, { message: 'Too many requests' }, { 'retry-after': '17' }],
      [429, 'too_many_requests'],
    ],
    ['a wrong key', [401, { message: 'Invalid API key', hint }], [503, 'sign_in_misconfigured']],
    ['a rotated key', [401, { message: 'Unregistered API key', hint }], [503, 'sign_in_misconfigured']],
    [
      'a server in trouble',
      [500, { code: 500, error_code: 'unexpected_failure', msg: 'no' }],
      [503, 'database_unavailable'],
    ],
    ['a gateway in trouble', [522, {}], [503, 'database_unavailable']],
  ])('is told of %s', async (_, answer, expected) => {
    holdLog();
    await proxy.fault(answers(...answer), /grant_type=password/);
    const { status, headers, body } = await attempt();
    expect([status, body.code]).toEqual(expected);
    expect(browser.jar.size).toBe(0);
    if (status !== 429) return;
    const wait = answer[2] ? 17 : 10;
    expect([headers.get('retry-after'), body.retry_after]).toEqual([String(wait), wait]);
  });

  it.each([
    [403, '<html><h1>403 Forbidden</h1></html>'],
    [404, '<html><h1>404 Not Found</h1></html>'],
    [404, '{"message":"no Route matched with those values"}'],
  ])('is not called wrong by who stands before the auth server: %d %s', async (status, page) => {
    await proxy.fault({ kind: 'answer', status, body: page }, /grant_type=password/);
    const { status: told, body } = await attempt();
    expect([told, body.code]).toEqual([503, 'database_unavailable']);
  });

  it('names the key that is at fault in the log and in health, and only then', async () => {
    const log = holdLog();
    const warnings = async () => {
      Reflect.deleteProperty(globalThis, 'devlinkWebhookFigures');
      return (await call(health, '/api/health')).body.warnings;
    };
    expect(await warnings()).toEqual([]);
    Reflect.deleteProperty(globalThis, 'devlinkPublishableKey');
    await proxy.fault(answers(401, { message: 'Invalid API key', hint }), /\/auth\/v1\//);
    await attempt();
    const sentence = 'SUPABASE_PUBLISHABLE_KEY is not accepted by this project';
    expect(log).toContainEqual(expect.objectContaining({ level: 'error', msg: sentence, status: 401 }));
    expect(await warnings()).toEqual([expect.stringContaining(`${sentence} (HTTP 401)`)]);
    await proxy.fault(null);
    expect(await warnings()).toEqual([]);
  });

  it('is made in the name of the person’s address', async () => {
    const told: (string | null)[] = [];
    const { fetch } = globalThis;
    vi.stubGlobal('fetch', (input: string, init: RequestInit) => {
      if (input.includes('grant_type=password')) told.push(new Headers(init.headers).get('sb-forwarded-for'));
      return fetch(input, init);
    });
    const headers = { 'x-forwarded-for': 'anything, 203.0.113.7' };
    const { status } = await call(signIn, '/api/auth/login', { body: testAccounts.admin, headers });
    vi.unstubAllGlobals();
    expect([status, told]).toEqual([204, ['203.0.113.7']]);
  });
});

describe('a session that has expired', () => {
  /** Signs in and lets the access token expire. Answers the cookie's text. */
  async function expire(): Promise<string> {
    await call(signIn, '/api/auth/login', { body: testAccounts.admin });
    const [name = ''] = [...browser.jar.keys()].sort();
    const known = JSON.parse(Buffer.from(cookieText().replace('base64-', ''), 'base64url').toString());
    known.expires_at = Math.floor(Date.now() / 1000) - 60;
    const expired = `base64-${Buffer.from(JSON.stringify(known)).toString('base64url')}`;
    browser.jar = new Map([[name.replace(/\.0$/, ''), expired]]);
    return expired;
  }
  const sixtyCalls = () => Promise.all(Array.from({ length: 60 }, () => call(session, '/api/auth/session')));

  it('is renewed once for 60 calls of one page at once, and each is answered', async () => {
    const expired = await expire();
    await proxy.fault({ kind: 'slow', ms: 100 }, /auth\/v1\/token/);
    const before = proxy.struck();
    expect(new Set((await sixtyCalls()).map(({ status }) => status))).toEqual(new Set([200]));
    expect(proxy.struck() - before).toBe(1);
    expect(cookieText()).not.toBe(expired);
  });

  it.each<[what: string, fault: Fault]>([
    ['too many ask', answers(429, { code: 'over_request_rate_limit', msg: 'Request rate limit reached' })],
    ['the project is restricted', answers(402, { message: 'restricted' })],
    ['the auth server hangs up', { kind: 'reset' }],
  ])(
    'stays while nobody can renew it, and 60 calls at once are told so after the looks of one: %s',
    async (_, fault) => {
      const expired = await expire();
      await proxy.fault(fault, /auth\/v1\/token/);
      const before = proxy.struck();
      for (const { status, body } of await sixtyCalls())
        expect([status, body.code]).toEqual([503, 'session_unchecked']);
      expect([...browser.jar.values()]).toEqual([expired]);
      // auth-js asks again and again, in the name of them all.
      expect(proxy.struck() - before).toBeLessThan(10);
      await proxy.fault(null);
      expect((await call(listWebhooks, '/api/webhooks')).status).toBe(200);
    },
  );
});

it('half of a surrogate pair is refused before the database is asked', async () => {
  const asAdmin = bearer(await stack.accessToken('admin'));
  // What PostgREST answers to a body with one in it: no code of Postgres's.
  const invalid = { code: 'PGRST102', details: null, hint: null, message: 'Empty or invalid json' };
  await proxy.fault(answers(400, invalid), /rpc\/emit_/);
  const before = proxy.struck();
  const body = { event_type: 'lead.created', payload: { id: '\uD800' } };
  const { status, body: told } = await call(trigger, '/api/webhooks/trigger', { body, ...asAdmin });
  expect([status, told.code, proxy.struck() - before]).toEqual([422, 'payload_not_json', 0]);
});

describe('a secret key that the project refuses', () => {
  it.each<[what: string, answer: [status: number, body: object]]>([
    ['a wrong one', [401, { message: 'Invalid API key', hint: 'Double check your API key.' }]],
    [
      'the publishable one in its place',
      [403, { code: '42501', message: 'permission denied for function webhook_queue_figures' }],
    ],
  ])('is named by triggers and by health: %s', async (_, answer) => {
    const log = holdLog();
    const sentence = 'SUPABASE_SECRET_KEY is not accepted by this project';
    const asAdmin = { body: event, ...bearer(await stack.accessToken('admin')) };
    for (const known of ['devlinkSecretKey', 'devlinkWebhookFigures'])
      Reflect.deleteProperty(globalThis, known);
    // Whatever is asked with that key, also by a drain that an earlier test has woken.
    await proxy.fault(answers(...answer), /rpc\/(?!emit_webhook|webhook_caller)/);
    const triggered = await call(trigger, '/api/webhooks/trigger', asAdmin);
    expect([triggered.status, triggered.body.code]).toEqual([503, 'secret_key_refused']);
    expect(triggered.body.detail).toContain(sentence);
    const { status, body: report } = await call(health, '/api/health');
    expect([status, report.status]).toEqual([503, 'unavailable']);
    expect(report.warnings).toContainEqual(expect.stringContaining(sentence));
    expect(log.filter(({ msg }) => msg === sentence)).toHaveLength(1);

    // Whoever mends it waits for seconds at most.
    await proxy.fault(null);
    await vi.waitFor(
      async () => expect((await call(trigger, '/api/webhooks/trigger', asAdmin)).status).toBe(202),
      { timeout: 8000, interval: 500 },
    );
  });
});

describe('whoever asks too often', () => {
  const id = crypto.randomUUID();
  it.each<[what: string, most: number, ask: (headers: object) => ReturnType<typeof call>]>([
    ['triggers', 60, (as) => call(trigger, '/api/webhooks/trigger', { body: {}, ...as })],
    ['previews', 300, (as) => call(preview, '/api/transforms/preview', { body: {}, ...as })],
    ['probes', 120, (as) => call(probe, '/api/webhooks/probe', { body: {}, ...as })],
    [
      'tests, which count with probes',
      0,
      (as) => call(test, `/api/webhooks/${id}/test`, { body: {}, params: { webhookId: id }, ...as }),
    ],
  ])('is told when to come again, and nobody else is: %s', async (_, most, ask) => {
    const member = bearer(await stack.accessToken('member'));
    const stranger = bearer(await stack.accessToken('stranger'));
    let last = await ask(member);
    let asked = 1;
    for (; last.status !== 429 && asked < 400; asked += 1) last = await ask(member);
    expect(asked).toBe(most + 1);
    expect(last.body.code).toBe('too_many_requests');
    const wait = Number(last.headers.get('retry-after'));
    expect(wait).toBe(last.body.retry_after);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect((await ask(stranger)).status).not.toBe(429);
  });
});

// Last: it changes passwords of the accounts.
describe('a password', () => {
  const password = 'une-phrase-facile';
  const fresh = () => ({ 'x-forwarded-for': `198.51.100.${Math.floor(Math.random() * 250)}` });
  const ask = (email: string) => call(recover, '/api/auth/recover', { body: { email }, headers: fresh() });
  const choose = (link: object, chosen = password) =>
    call(choosePassword, '/api/auth/password', { body: { password: chosen, link }, headers: fresh() });
  /** As the auth server would put it into the mail. */
  const mailedHash = async (email: string): Promise<string> => {
    const [row] = await stack.sql`select recovery_token from auth.users where email = ${email}`;
    return row?.recovery_token;
  };
  const { email } = testAccounts.stranger;

  it('is chosen anew with the link that was mailed, once; who did is signed in, and signed out everywhere else', async () => {
    const elsewhere = bearer(await stack.accessToken('stranger'));
    expect((await call(session, '/api/auth/session', elsewhere)).status).toBe(403); // known, without a role
    expect((await ask(email)).status).toBe(204);
    const link = { type: 'recovery', token_hash: await mailedHash(email) };
    browser.jar.clear();
    const tooShort = await choose(link, 'court');
    expect([tooShort.status, tooShort.body.code]).toEqual([422, 'validation_failed']);
    expect((await choose(link)).status).toBe(204);
    expect((await call(session, '/api/auth/session')).status).toBe(403);
    expect((await call(session, '/api/auth/session', elsewhere)).status).toBe(401);
    browser.jar.clear();
    const again = await choose(link, 'une-autre-phrase');
    expect([again.status, again.body.code, browser.jar.size]).toEqual([410, 'link_over', 0]);
    const withNew = await call(signIn, '/api/auth/login', { body: { email, password }, headers: fresh() });
    expect(withNew.status).toBe(204);
  });

  it('cannot be chosen with a link that nobody mailed, or that a program made up', async () => {
    for (const link of [
      { type: 'recovery', token_hash: 'f'.repeat(56) },
      { type: 'invite', token_hash: 'f'.repeat(56) },
      { type: 'code', code: crypto.randomUUID() },
    ]) {
      const { status, body } = await choose(link);
      expect([link, status, body.code]).toEqual([link, 410, 'link_over']);
      expect(browser.jar.size).toBe(0);
    }
  });

  // The local auth server knows no invitations: what a real one answers to their link is played.
  it('is chosen by a person who was invited', async () => {
    const account = { email, password };
    const signedIn = await fetch(`${stack.supabaseUrl}/auth/v1/token?grant_type=password`, {
      method: 'POST',
      headers: { ...json, apikey: stack.publishableKey },
      body: JSON.stringify(account),
    });
    await proxy.fault(answers(200, (await signedIn.json()) as object), /\/auth\/v1\/verify/);
    expect((await choose({ type: 'invite', token_hash: 'a'.repeat(56) }, 'bienvenue-a-bord')).status).toBe(
      204,
    );
    expect((await call(session, '/api/auth/session')).body.code).toBe('forbidden');
    const entered = await call(signIn, '/api/auth/login', {
      body: { email, password: 'bienvenue-a-bord' },
      headers: fresh(),
    });
    expect(entered.status).toBe(204);
  });

  it('is refused with a sentence when the auth server takes it for too easy', async () => {
    await ask(testAccounts.member.email);
    const weak = { code: 422, error_code: 'weak_password', msg: 'Password is known to be weak' };
    await proxy.fault(answers(422, weak), /\/auth\/v1\/user/);
    const link = { type: 'recovery', token_hash: await mailedHash(testAccounts.member.email) };
    const { status, body } = await choose(link, 'motdepasse1');
    expect([status, body.code]).toEqual([422, 'password_refused']);
  });

  it('is asked for alike, whether there is the account or not', async () => {
    holdLog();
    const took: number[] = [];
    for (const address of [testAccounts.admin.email, `${crypto.randomUUID()}@example.fr`]) {
      const began = performance.now();
      expect((await ask(address)).status).toBe(204);
      took.push(performance.now() - began);
    }
    // A timer may end within the millisecond before its time.
    for (const ms of took) expect(ms).toBeGreaterThanOrEqual(599);
    const limit = { code: 429, error_code: 'over_email_send_rate_limit', msg: 'For security purposes …' };
    await proxy.fault(answers(429, limit), /\/auth\/v1\/recover/);
    expect((await ask(testAccounts.admin.email)).status).toBe(204);
    await proxy.fault(
      answers(429, { code: 429, error_code: 'over_request_rate_limit' }),
      /\/auth\/v1\/recover/,
    );
    expect((await ask(testAccounts.admin.email)).status).toBe(429);
    await proxy.fault(null);
    expect((await ask(testAccounts.admin.email)).body.retry_after).toBeGreaterThan(60);
  });
});
