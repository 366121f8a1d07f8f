import { readdirSync } from 'node:fs';
import { expect } from '@playwright/test';
import { test } from '../support/e2e.ts';
import { signIn } from '../support/session.ts';

/*
 * Who gets in: what a browser may be misled into sending, pages without a session, what a script of the page can read.
 */

test.describe('a state-changing request on another site’s behalf', () => {
  const evil = { origin: 'https://evil.example' };
  const refused: [what: string, headers: Record<string, string>][] = [
    ['its origin', evil],
    ['an origin that is none', { origin: 'null' }],
    ['its origin beside credentials that count for nothing', { ...evil, authorization: 'Basic x' }],
    ['its origin beside an empty bearer', { ...evil, authorization: 'Bearer ' }],
    ['its origin beside a bearer of two words', { ...evil, authorization: 'Bearer a b' }],
    ['what the browser says of it: another site', { 'sec-fetch-site': 'cross-site' }],
    ['what the browser says of it: a sister site', { 'sec-fetch-site': 'same-site' }],
  ];
  for (const [what, headers] of refused) {
    test(`is refused for ${what}`, async ({ request, local }) => {
      await signIn(request, local.admin);
      const answer = await request.post('/api/playground/inboxes', { headers, data: {} });
      expect(answer.status(), await answer.text()).toBe(403);
      expect((await answer.json()).code).toBe('cross_site_request');
    });
  }

  test('with a bearer has the rights of the bearer, and none of the cookie', async ({ request, local }) => {
    await signIn(request, local.admin);
    const headers = { ...evil, authorization: 'Bearer nonsense' };
    expect((await request.post('/api/playground/inboxes', { headers, data: {} })).status()).toBe(401);
  });

  test('cannot be dressed as a form or as text', async ({ request, local }) => {
    await signIn(request, local.admin);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const answer = await request.post('/api/webhooks', {
        headers: { 'content-type': type },
        data: Buffer.from('{"name":"x"}'),
      });
      expect([answer.status(), (await answer.json()).code]).toEqual([415, 'unsupported_media_type']);
    }
  });
});

test('no page is shown without a session, whatever its address looks like', async ({ request }) => {
  for (const path of ['/webhooks', '/webhooks/x.json', '/deliveries/x.y', '/a.b/c', '/index.html', '/apis']) {
    const answer = await request.get(path, { maxRedirects: 0 });
    expect([path, answer.status()]).toEqual([path, 307]);
    expect(answer.headers().location).toContain('/login');
  }
});

test('every answer has the headers that keep others out', async ({ page, request, local }) => {
  const assets: string[] = [];
  page.on('response', (response) => {
    if (response.url().includes('/_next/static/')) assets.push(response.url());
  });
  await page.goto('/login');
  await signIn(request, local.admin);
  const paths = [
    '/login',
    '/webhooks',
    '/nothing/here.json',
    '/icon.svg',
    '/api/health',
    '/api/webhooks',
    '/api/nothing',
  ];
  expect(assets.length).toBeGreaterThan(0);
  for (const path of [...paths, ...assets.slice(0, 3)]) {
    const headers = (await request.get(path, { maxRedirects: 0 })).headers();
    expect({ path, ...headers }).toMatchObject({
      path,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'strict-transport-security': expect.stringContaining('max-age='),
      'permissions-policy': expect.stringContaining('camera=()'),
    });
    if (path !== '/icon.svg') expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  }
});

test('what is in public/ needs no session', async ({ request }) => {
  for (const file of readdirSync('public')) {
    const response = await request.get(`/${file}`, { maxRedirects: 0 });
    expect([file, response.status()]).toEqual([file, 200]);
  }
});

test('the session is in no script’s reach, and does not travel in the clear over https', async ({
  page,
  local,
}) => {
  await signIn(page.request, local.admin);
  await page.goto('/webhooks');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  expect(await page.evaluate('document.cookie')).not.toContain('sb-');
  const session = (await page.context().cookies()).filter(({ name }) => name.startsWith('sb-'));
  expect(session.length).toBeGreaterThan(0);
  for (const cookie of session) {
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', secure: false });
    expect(cookie.expires - Date.now() / 1000).toBeLessThan(8 * 24 * 3600);
  }
  const overHttps = await page.request.post('/api/auth/login', {
    headers: { 'x-forwarded-proto': 'https' },
    data: { email: local.admin?.email, password: local.admin?.password },
  });
  expect(overHttps.headers()['set-cookie']).toContain('Secure');
});

test('a sign-in that brings a bearer is a sign-in', async ({ request, local }) => {
  const headers = { authorization: 'Bearer nonsense' };
  const { email, password } = local.admin ?? {};
  expect((await request.post('/api/auth/login', { headers, data: { email, password } })).status()).toBe(204);
  const wrong = await request.post('/api/auth/login', { headers, data: { email, password: 'wrong' } });
  expect(wrong.status()).toBe(401);
});

test.describe('wrong passwords', () => {
  const wrong = (email: string) => ({ email, password: 'not it' });

  test('are limited per account, however many are sent at once, and the right one is asked to wait too', async ({
    request,
  }) => {
    const email = `${crypto.randomUUID()}@example.fr`;
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        request.post('/api/auth/login', {
          headers: { 'x-forwarded-for': `10.1.0.${n}` },
          data: wrong(email),
        }),
      ),
    );
    const statuses = answers.map((answer) => answer.status());
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(20);
    const refused = answers.find((answer) => answer.status() === 429);
    const problem = await refused?.json();
    expect(problem.code).toBe('too_many_requests');
    expect(problem.retry_after).toBeGreaterThan(60);
    expect(refused?.headers()['retry-after']).toBe(String(problem.retry_after));
  });

  test('are limited per address, whatever the account, and right ones are not counted', async ({
    request,
    local,
  }) => {
    const headers = { 'x-forwarded-for': `spoofed, 10.2.0.${Math.floor(Math.random() * 250)}` };
    const right = () => request.post('/api/auth/login', { headers, data: local.admin });
    // Six at once: those under way count as wrong, and an account has ten.
    for (let n = 0; n < 60; n += 6) {
      const answers = await Promise.all(Array.from({ length: 6 }, right));
      expect(answers.map((answer) => answer.status())).toEqual(Array(6).fill(204));
    }
    const answers = await Promise.all(
      Array.from({ length: 60 }, () =>
        request.post('/api/auth/login', { headers, data: wrong(`${crypto.randomUUID()}@example.fr`) }),
      ),
    );
    expect(answers.filter((answer) => answer.status() === 401)).toHaveLength(50);
    expect((await right()).status()).toBe(429);
  });

  test('take as long for an account that there is as for one that there is not', async ({
    request,
    local,
  }) => {
    const took: number[] = [];
    for (const email of [local.admin?.email ?? '', `${crypto.randomUUID()}@example.fr`]) {
      const headers = { 'x-forwarded-for': '10.3.0.1' };
      const began = performance.now();
      expect((await request.post('/api/auth/login', { headers, data: wrong(email) })).status()).toBe(401);
      took.push(performance.now() - began);
    }
    for (const ms of took) expect(ms).toBeGreaterThanOrEqual(600);
  });
});
