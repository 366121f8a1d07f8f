import { type APIRequestContext, expect } from '@playwright/test';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks, nobody, signIn } from '../support/session.ts';

/*
 * The HTTP interface from outside: what it refuses, how it says so, and what it answers.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

const valid = (url: string) => ({ name: 'API', url, events: ['lead.created'] });

async function create(request: APIRequestContext, data: Record<string, unknown>): Promise<string> {
  const response = await request.post('/api/webhooks', { data });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).id;
}

type Problem = {
  status: number;
  code: string;
  errors?: { path: string; code: string; line?: number; column?: number }[];
};

async function problemOf(response: Awaited<ReturnType<APIRequestContext['post']>>): Promise<Problem> {
  expect(response.headers()['content-type']).toBe('application/problem+json');
  const problem = (await response.json()) as Problem;
  expect(problem.status).toBe(response.status());
  return problem;
}

test.describe('bad input', () => {
  const script = (transform_script: string) => ({ transform_enabled: true, transform_script });
  const cases: [name: string, change: Record<string, unknown>, path: string, code: string][] = [
    ['no name', { name: ' ' }, 'name', 'name_required'],
    ['no URL', { url: '' }, 'url', 'url_required'],
    ['text instead of a URL', { url: 'bonjour' }, 'url', 'url_invalid'],
    ['another scheme', { url: 'ftp://example.com/' }, 'url', 'url_scheme'],
    ['a private address', { url: 'https://192.168.1.10/' }, 'url', 'url_private_address'],
    ['a disguised private address', { url: 'https://0xa9fea9fe/' }, 'url', 'url_private_address'],
    ['credentials in the URL', { url: 'https://a:b@example.com/' }, 'url', 'url_credentials'],
    ['no event', { events: [] }, 'events', 'events_required'],
    ['an unknown event', { events: ['lead.exploded'] }, 'events.0', 'unknown_event'],
    ['a reserved header', { headers: { Host: 'a' } }, 'headers.Host', 'header_reserved'],
    [
      'one of our headers',
      { headers: { 'X-Webhook-Event': 'a' } },
      'headers.X-Webhook-Event',
      'header_reserved',
    ],
    ['a header twice', { headers: { 'X-A': '1', 'x-a': '2' } }, 'headers.x-a', 'header_duplicate'],
    ['a header with CR LF', { headers: { 'X-A': 'a\r\nX-B: b' } }, 'headers.X-A', 'header_value_invalid'],
    ['a script with a syntax error', script('return {\n  a: ;\n}'), 'transform_script', 'script_syntax'],
    ['an enabled blank script', script('  '), 'transform_script', 'script_required'],
    ['a script over 64 KiB', script(`// ${'x'.repeat(65_536)}`), 'transform_script', 'script_too_large'],
    ['too many retries', { max_retries: 21 }, 'max_retries', 'max_retries_range'],
    ['no delay', { retry_delay: 0 }, 'retry_delay', 'retry_delay_range'],
    ['a number as text', { timeout_ms: '5000' }, 'timeout_ms', 'timeout_range'],
    ['an unknown field', { secret_key: 'mine' }, 'secret_key', 'unknown_field'],
    ['a NUL in the name', { name: 'a\0b' }, 'name', 'text_unstorable'],
    ['half a character', { description: 'a\ud800' }, 'description', 'text_unstorable'],
    ['a NUL in a script', script("return { a: '\0' };"), 'transform_script', 'text_unstorable'],
    ['text instead of a switch', { retry_enabled: 'yes' }, 'retry_enabled', 'invalid'],
    ['headers as text', { headers: '{}' }, 'headers', 'headers_not_object'],
  ];
  for (const [name, change, path, code] of cases) {
    test(`${name} is refused as ${code}, and nothing is stored`, async ({ request, receiver }) => {
      const before = (await (await request.get('/api/webhooks')).json()).items.length;
      const response = await request.post('/api/webhooks', { data: { ...valid(receiver.url), ...change } });
      expect(response.status()).toBe(422);
      const problem = await problemOf(response);
      expect(problem.code).toBe('validation_failed');
      expect(problem.errors).toContainEqual(expect.objectContaining({ path, code }));
      expect((await (await request.get('/api/webhooks')).json()).items).toHaveLength(before);
    });
  }

  test('a syntax error names line and column of the person’s text', async ({ request, receiver }) => {
    const data = { ...valid(receiver.url), ...script('const a = 1;\nreturn {\n  a: ;\n}') };
    const problem = await problemOf(await request.post('/api/webhooks', { data }));
    expect(problem.errors?.[0]).toMatchObject({ line: 3, column: 6 });
  });

  test('what is no JSON, and what is too large, is refused', async ({ request }) => {
    const headers = { 'content-type': 'application/json' };
    const broken = await request.post('/api/webhooks', { headers, data: Buffer.from('{"name":') });
    expect(await problemOf(broken)).toMatchObject({ status: 400, code: 'invalid_json' });
    const large = await request.post('/api/webhooks', { headers, data: Buffer.alloc(1_100_000, ' ') });
    expect(await problemOf(large)).toMatchObject({ status: 413, code: 'request_too_large' });
    const latin1 = await request.post('/api/webhooks/trigger', {
      headers,
      data: Buffer.from('{"event_type":"lead.created","payload":{"nom":"Zoé"}}', 'latin1'),
    });
    expect(await problemOf(latin1)).toMatchObject({ status: 400, code: 'invalid_json' });
  });

  test('a preview says what it lacks', async ({ request }) => {
    for (const [data, path, code] of [
      [{ payload: {} }, 'script', 'script_missing'],
      [{ script: 'return {}' }, '', 'preview_source'],
      [{ script: 'return {}', payload: {}, delivery_id: crypto.randomUUID() }, '', 'preview_source'],
      [{ script: 'return {}', delivery_id: 'nonsense' }, 'delivery_id', 'invalid'],
      [{ script: 'return {}', payload: {}, event_type: 'x'.repeat(65) }, 'event_type', 'text_too_long'],
    ] as const) {
      const problem = await problemOf(await request.post('/api/transforms/preview', { data }));
      expect(problem.errors).toContainEqual(expect.objectContaining({ path, code }));
    }
  });

  test('text that no database holds is refused with its reason wherever it is searched or stored', async ({
    request,
  }) => {
    for (const path of ['/api/webhooks?q=%00', '/api/deliveries?q=%00', '/api/deliveries?event_type=%00']) {
      expect((await problemOf(await request.get(path))).errors?.[0]?.code).toBe('text_unstorable');
    }
    const lead = await request.post('/api/crm/leads', { data: { nom: 'a\0' } });
    expect((await problemOf(lead)).errors).toMatchObject([{ path: 'nom', code: 'text_unstorable' }]);
  });

  test('triggers that cannot be accepted say why', async ({ request }) => {
    const trigger = async (data: unknown) => problemOf(await request.post('/api/webhooks/trigger', { data }));
    expect(await trigger({ event_type: 'lead.exploded', payload: {} })).toMatchObject({
      code: 'unknown_event',
    });
    expect(await trigger({ event_type: 'lead.created' })).toMatchObject({ code: 'payload_not_json' });
    expect(await trigger({ event_type: 'lead.created', payload: 'x'.repeat(262_144) })).toMatchObject({
      status: 413,
      code: 'payload_too_large',
    });
    expect(await trigger({ event_type: 7, payload: {} })).toMatchObject({ code: 'validation_failed' });
    for (const idempotency_key of ['', 'a\0', 'x'.repeat(256)]) {
      expect(await trigger({ event_type: 'lead.created', payload: {}, idempotency_key })).toMatchObject({
        code: 'validation_failed',
        errors: [{ path: 'idempotency_key' }],
      });
    }
    expect(await trigger({ event_type: 'lead.created', payload: { nom: 'a\0' } })).toMatchObject({
      code: 'payload_not_json',
      detail: expect.stringContaining('NUL'),
    });
  });

  test('unknown ids and addresses are 404 in the API’s own language', async ({ request }) => {
    const id = '01a20a60-737a-771e-97c4-4f9be2711a72';
    for (const path of [id, 'nonsense', `${id}/secrets`, `${id}/stats`].map(
      (end) => `/api/webhooks/${end}`,
    )) {
      expect(await problemOf(await request.get(path))).toMatchObject({
        status: 404,
        code: 'webhook_not_found',
      });
    }
    expect(await problemOf(await request.post(`/api/webhooks/${id}/test`, { data: {} }))).toMatchObject({
      code: 'webhook_not_found',
    });
    expect(await problemOf(await request.get(`/api/deliveries/${id}`))).toMatchObject({
      code: 'delivery_not_found',
    });
    for (const method of ['get', 'delete'] as const) {
      const answer = await request[method](`/api/playground/inboxes/${id}/requests`);
      expect(await problemOf(answer)).toMatchObject({ status: 404, code: 'inbox_not_found' });
    }
    const wrongMethod = await request.put('/api/webhooks');
    expect(wrongMethod.headers().allow).toBe('GET, POST');
    expect(await problemOf(wrongMethod)).toMatchObject({ status: 405, code: 'method_not_allowed' });
    expect(await problemOf(await request.get('/api/nothing'))).toMatchObject({
      status: 404,
      code: 'not_found',
    });
  });
});

test.describe('who may call', () => {
  test('nobody without a session, and no cross-site request with one', async ({
    request,
    playwright,
    local,
  }) => {
    const stranger = await playwright.request.newContext({ baseURL: local.url, storageState: nobody });
    for (const path of ['/api/webhooks', '/api/deliveries', '/api/auth/session']) {
      expect(await problemOf(await stranger.get(path))).toMatchObject({ status: 401, code: 'not_signed_in' });
    }
    const forged = { headers: { authorization: 'Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.AAAA' } };
    expect(await problemOf(await stranger.get('/api/webhooks', forged))).toMatchObject({
      code: 'not_signed_in',
    });
    await stranger.dispose();
    const foreign = { headers: { origin: 'https://evil.example' }, data: {} };
    expect(await problemOf(await request.post('/api/webhooks', foreign))).toMatchObject({
      status: 403,
      code: 'cross_site_request',
    });
  });

  test('a bearer token is as good as the cookie', async ({ playwright, local }) => {
    const token = await passwordToken(local.supabase, local.admin);
    const headers = { authorization: `Bearer ${token}` };
    const api = await playwright.request.newContext({
      baseURL: local.url,
      storageState: nobody,
      extraHTTPHeaders: headers,
    });
    expect((await api.get('/api/webhooks')).status()).toBe(200);
    const trigger = await api.post('/api/webhooks/trigger', {
      data: { event_type: 'lead.created', payload: {} },
    });
    expect(trigger.status()).toBe(202);
    await api.dispose();
  });

  test('an account without a role may nothing', async ({ playwright, local }) => {
    const account = { email: `sans-role-${Date.now()}@example.com`, password: 'un-mot-de-passe-long' };
    const api = await playwright.request.newContext({ baseURL: local.url, storageState: nobody });
    const signUp = await api.post(`${local.supabase.url}/auth/v1/signup`, {
      headers: { apikey: local.supabase.publishable_key },
      data: account,
    });
    // Where sign-up is closed there is no such account, which is as good.
    if (signUp.ok()) {
      await signIn(api, account);
      for (const path of ['/api/webhooks', '/api/deliveries']) {
        expect(await problemOf(await api.get(path))).toMatchObject({ status: 403, code: 'forbidden' });
      }
      const trigger = await api.post('/api/webhooks/trigger', {
        data: { event_type: 'lead.created', payload: {} },
      });
      expect(trigger.status()).toBe(403);
    }
    await api.dispose();
  });

  test('the drain route wants the cron secret', async ({ request, local }) => {
    const drain = (authorization?: string) =>
      request.get('/api/cron/drain-deliveries?budget=0', { headers: authorization ? { authorization } : {} });
    for (const wrong of [undefined, 'Bearer ', 'Bearer wrong', local.cron_secret]) {
      expect(await problemOf(await drain(wrong))).toMatchObject({ status: 401, code: 'wrong_cron_secret' });
    }
    // Whoever has no secret learns nothing else either.
    const curious = await request.get('/api/cron/drain-deliveries?budget=nonsense');
    expect(await problemOf(curious)).toMatchObject({ status: 401, code: 'wrong_cron_secret' });
    const right = `Bearer ${local.cron_secret}`;
    const answers = await Promise.all([drain(right), drain(right), drain(right)]);
    expect(answers.map((answer) => answer.status())).toEqual([200, 200, 200]);
  });
});

async function passwordToken(
  supabase: { url: string; publishable_key: string },
  account: { email: string; password: string } | null,
): Promise<string> {
  const response = await fetch(`${supabase.url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { apikey: supabase.publishable_key, 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

test('one webhook’s life: create, read, change, test, secrets, delete', async ({ request, receiver }) => {
  const headers = { Authorization: 'Bearer secret-value' };
  const id = await create(request, { ...valid(receiver.url), headers });
  const webhook = await (await request.get(`/api/webhooks/${id}`)).json();
  expect(webhook).toMatchObject({
    status: 'active',
    retry_enabled: true,
    max_retries: 3,
    retry_delay: 5,
    headers,
  });
  expect(webhook.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const list = await (await request.get('/api/webhooks?q=API')).text();
  expect(list).toContain(id);
  expect(list).not.toContain('secret-value');
  expect(list).not.toMatch(/whsec_|secret_key/);

  const changed = await request.patch(`/api/webhooks/${id}`, { data: { max_retries: 0 } });
  expect(await changed.json()).toMatchObject({ max_retries: 0, name: 'API' });

  const tested = await (await request.post(`/api/webhooks/${id}/test`, { data: {} })).json();
  expect(tested).toMatchObject({ status: 'success', is_test: true, event_type: 'webhook.test' });
  expect(tested.attempts).toHaveLength(1);
  expect(JSON.parse(String(receiver.requests[0]?.body))).toMatchObject({
    event_type: 'webhook.test',
    payload: { test: true, message: 'This is a test webhook delivery', timestamp: expect.any(String) },
  });
  const sample = await request.post(`/api/webhooks/${id}/test`, { data: { event_type: 'file.deleted' } });
  expect(await sample.json()).toMatchObject({ event_type: 'file.deleted', is_test: true });

  const secrets = await (await request.get(`/api/webhooks/${id}/secrets`)).json();
  expect(secrets.secret_key).toMatch(/^[0-9a-f]{64}$/);
  expect(secrets.signing_secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const rotated = await (await request.post(`/api/webhooks/${id}/secrets/rotate`, { data: {} })).json();
  expect(rotated.secret_key).toBe(secrets.secret_key);
  expect(rotated.signing_secret).not.toBe(secrets.signing_secret);

  expect((await request.delete(`/api/webhooks/${id}`)).status()).toBe(204);
  expect((await request.get(`/api/webhooks/${id}`)).status()).toBe(404);
  const log = await (await request.get(`/api/deliveries?webhook_id=${id}`)).json();
  expect(log.items).toHaveLength(2);
});

test('an inactive webhook keeps what waits; activation sends or cancels it', async ({
  request,
  receiver,
}) => {
  for (const [waiting, arrives] of [
    ['send', true],
    ['cancel', false],
  ] as const) {
    receiver.answer({ status: 500 });
    const id = await create(request, { ...valid(receiver.url), retry_delay: 1, max_retries: 20 });
    await request.post('/api/webhooks/trigger', {
      data: { event_type: 'lead.created', payload: { waiting } },
    });
    const deliveries = async () =>
      (await (await request.get(`/api/deliveries?webhook_id=${id}`)).json()).items;
    await expect.poll(async () => (await deliveries())[0]?.status).toBe('retrying');
    await request.patch(`/api/webhooks/${id}`, { data: { status: 'inactive' } });
    await request.post('/api/webhooks/trigger', {
      data: { event_type: 'lead.created', payload: { ignored: true } },
    });
    expect(await deliveries()).toHaveLength(1);
    expect((await deliveries())[0]).toMatchObject({ next_attempt_at: null });

    receiver.answer({ status: 200 });
    await request.patch(`/api/webhooks/${id}`, { data: { status: 'active', waiting } });
    await expect.poll(async () => (await deliveries())[0]?.status).toBe(arrives ? 'success' : 'failed');
    if (!arrives) expect((await deliveries())[0]).toMatchObject({ last_error_kind: 'cancelled' });
    await request.delete(`/api/webhooks/${id}`);
  }
});

test('lists page by cursor and filter; text is found in payloads', async ({ request, receiver }) => {
  const id = await create(request, { ...valid(receiver.url), events: ['lead.created', 'lead.updated'] });
  for (let n = 0; n < 5; n++) {
    const data = {
      event_type: n % 2 ? 'lead.updated' : 'lead.created',
      payload: { id: n, nom: `Aiguille-${n}%_` },
    };
    await request.post('/api/webhooks/trigger', { data });
  }
  const list = async (query: string) =>
    (await request.get(`/api/deliveries?webhook_id=${id}&${query}`)).json();
  await expect.poll(async () => (await list('status=success')).items.length).toBe(5);
  const first = await list('limit=3');
  const second = await list(`limit=3&cursor=${first.next_cursor}`);
  expect([first.items.length, second.items.length, second.next_cursor]).toEqual([3, 2, null]);
  const ids = [...first.items, ...second.items].map((item: { id: string }) => item.id);
  expect(ids).toEqual([...new Set(ids)].sort().reverse());
  expect((await list('event_type=lead.updated')).items).toHaveLength(2);
  expect((await list(`q=${encodeURIComponent('Aiguille-3%_')}`)).items).toHaveLength(1);
  expect((await list('q=AiguilleX3')).items).toHaveLength(0);
  expect((await list(`q=${ids[0]}`)).items).toHaveLength(1);
  expect(
    (await list(`from=${encodeURIComponent(new Date(Date.now() + 60_000).toISOString())}`)).items,
  ).toHaveLength(0);
  expect(
    (await list(`to=${encodeURIComponent(new Date(Date.now() + 60_000).toISOString())}`)).items,
  ).toHaveLength(5);
  for (const wrong of ['status=lost', 'limit=0', 'limit=1000', 'cursor=x', 'from=hier']) {
    expect(await problemOf(await request.get(`/api/deliveries?${wrong}`))).toMatchObject({
      code: 'validation_failed',
    });
  }
});

test('redelivery and replay go out again under the same ids', async ({ request, receiver }) => {
  const began = new Date().toISOString();
  receiver.answer({ status: 500 });
  const id = await create(request, { ...valid(receiver.url), retry_enabled: false });
  for (let n = 0; n < 3; n++) {
    await request.post('/api/webhooks/trigger', { data: { event_type: 'lead.created', payload: { n } } });
  }
  const items = async (status: string) =>
    (await (await request.get(`/api/deliveries?webhook_id=${id}&status=${status}`)).json()).items;
  await expect.poll(async () => (await items('failed')).length).toBe(3);
  receiver.answer({ status: 200 });
  const [one] = await items('failed');
  expect((await request.post(`/api/deliveries/${one.id}/redeliver`)).status()).toBe(202);
  await expect
    .poll(async () => (await items('success')).map((item: { id: string }) => item.id))
    .toEqual([one.id]);

  const range = { webhook_id: id, from: began };
  const counted = await request.post('/api/deliveries/replay', { data: { ...range, dry_run: true } });
  expect(await counted.json()).toEqual({ count: 2, capped: false });
  const replayed = await request.post('/api/deliveries/replay', { data: range });
  expect(replayed.status()).toBe(202);
  expect((await replayed.json()).job).toMatchObject({ kind: 'replay', webhook_id: id, done: 0 });
  await expect.poll(async () => (await items('success')).length).toBe(3);
  const detail = await (await request.get(`/api/deliveries/${one.id}`)).json();
  expect(detail.attempts.map((attempt: { attempt: number }) => attempt.attempt)).toEqual([1, 2]);

  await request.patch(`/api/webhooks/${id}`, { data: { status: 'inactive' } });
  const refused = await request.post(`/api/deliveries/${one.id}/redeliver`);
  expect(await problemOf(refused)).toMatchObject({ status: 409, code: 'webhook_inactive' });
});

test('a trigger repeated with its key is one event', async ({ request, receiver }) => {
  await create(request, valid(receiver.url));
  const data = { event_type: 'lead.created', payload: { id: 1 }, idempotency_key: `cle-${Date.now()}` };
  const answers = await Promise.all(
    Array.from({ length: 5 }, async () => (await request.post('/api/webhooks/trigger', { data })).json()),
  );
  expect(new Set(answers.map((answer) => answer.event_id)).size).toBe(1);
  await receiver.waitFor(1);
});
