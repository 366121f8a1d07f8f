import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { expect, type Page } from '@playwright/test';
import type { triggerWebhooks } from '@/lib/utils/webhookTrigger';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * `triggerWebhooks` in a real browser: no event is lost to the quota of keepalive requests, none is sent twice.
 */

// The test hands the import's modules to the page itself.
test.use({ bypassCSP: true });

type Trigger = typeof triggerWebhooks;

test.beforeEach(async ({ page }) => {
  await page.goto('/leads');
  await page.route('**/import/**', (route) => {
    const module = new URL(route.request().url()).pathname.replace('/import/', '');
    const code = stripTypeScriptTypes(readFileSync(`${module}.ts`, 'utf8'));
    return route.fulfill({
      contentType: 'text/javascript',
      body: code.replaceAll("from '@/", "from '/import/"),
    });
  });
});
test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

/** Triggers at once as many events as `count`, each with a text of so many characters; how each ended. */
function triggerAtOnce(
  page: Page,
  count: number,
  text: string,
): Promise<{ eventId?: string; code?: string }[]> {
  return page.evaluate(
    async ([address, count, text]) => {
      const { triggerWebhooks } = (await import(address)) as { triggerWebhooks: Trigger };
      return Promise.all(
        Array.from({ length: count }, (_, n) =>
          triggerWebhooks('file.deleted', { id: `${count}-${n}`, text }).then(
            ({ eventId }) => ({ eventId }),
            (error: { code?: string; name: string }) => ({ code: error.code ?? error.name }),
          ),
        ),
      );
    },
    ['/import/lib/utils/webhookTrigger', count, text] as const,
  );
}

for (const [what, count, text] of [
  ['40,000 accented letters, which are 80,000 bytes', 1, 'é'.repeat(40_000)],
  ['20 calls at once of 5 KB', 20, 'x'.repeat(5000)],
  ['300 calls at once of 300 B', 300, 'x'.repeat(300)],
] as const) {
  test(`arrive, each once: ${what}`, async ({ page, receiver }) => {
    const data = { name: 'Tout', url: receiver.url, events: ['file.deleted'], max_in_flight: 50 };
    expect((await page.request.post('/api/webhooks', { data })).status()).toBe(201);
    const answers = await triggerAtOnce(page, count, text);
    expect(answers.filter(({ code }) => code)).toEqual([]);
    expect(new Set(answers.map(({ eventId }) => eventId)).size).toBe(count);
    await receiver.waitFor(count);
    const arrived = receiver.requests.map((request) => JSON.parse(String(request.body)).payload.id);
    expect(arrived.sort()).toEqual(Array.from({ length: count }, (_, n) => `${count}-${n}`).sort());
  });
}

test('what got no answer is asked again under the same key; what is refused is not', async ({ page }) => {
  const bodies: string[] = [];
  let refusals = 1;
  await page.route('**/api/webhooks/trigger', async (route) => {
    bodies.push(route.request().postData() ?? '');
    if (refusals > 0) {
      refusals -= 1;
      return route.abort('connectionreset');
    }
    return route.continue();
  });
  const [answer] = await triggerAtOnce(page, 1, 'x');
  expect(answer?.eventId).toMatch(/^[0-9a-f-]{36}$/);
  expect(bodies).toHaveLength(2);
  expect(bodies[0]).toBe(bodies[1]);
  expect(JSON.parse(bodies[0] ?? '').idempotency_key).toMatch(/^.{16,64}$/);

  refusals = 2;
  expect(await triggerAtOnce(page, 1, 'x')).toEqual([{ code: 'network' }]);
  expect(bodies).toHaveLength(4);
  await page.context().clearCookies();
  expect(await triggerAtOnce(page, 1, 'x')).toEqual([{ code: 'not_signed_in' }]);
  expect(bodies).toHaveLength(5);
});

test('a signal ends the call, and no second request is made', async ({ page }) => {
  let asked = 0;
  await page.route('**/api/webhooks/trigger', () => {
    asked += 1; // and never answered
  });
  const ended = await page.evaluate(async (address) => {
    const { triggerWebhooks } = (await import(address)) as { triggerWebhooks: Trigger };
    const call = (signal: AbortSignal) =>
      triggerWebhooks('file.deleted', { id: '1' }, { signal }).catch((error: Error) => error.name);
    const controller = new AbortController();
    const running = call(controller.signal);
    controller.abort();
    return [await running, await call(AbortSignal.abort())];
  }, '/import/lib/utils/webhookTrigger');
  expect(ended).toEqual(['AbortError', 'AbortError']);
  expect(asked).toBeLessThanOrEqual(1);
});

test('a payload that cannot be sent is refused before anything is asked', async ({ page }) => {
  let asked = 0;
  await page.route('**/api/webhooks/trigger', (route) => {
    asked += 1;
    return route.continue();
  });
  expect(await triggerAtOnce(page, 1, '\uD800')).toEqual([{ code: 'payload_not_json' }]);
  expect(await triggerAtOnce(page, 1, 'é'.repeat(140_000))).toEqual([{ code: 'payload_too_large' }]);
  expect(asked).toBe(0);
});

test('the API says each refusal by its code, and 409 for a key that was used', async ({ request }) => {
  const send = async (payload: unknown, more: object = {}) => {
    const data = JSON.stringify({ event_type: 'lead.deleted', payload, ...more });
    const headers = { 'content-type': 'application/json' };
    const response = await request.post('/api/webhooks/trigger', { data, headers });
    return [response.status(), (await response.json()).code];
  };
  expect(await send(null)).toEqual([422, 'payload_not_json']);
  expect(await send({ a: '\uD800' })).toEqual([422, 'payload_not_json']);
  expect(await send(JSON.parse('['.repeat(201) + ']'.repeat(201)))).toEqual([422, 'payload_too_deep']);
  expect(await send('x'.repeat(262_143))).toEqual([413, 'payload_too_large']);
  expect(await send({ n: 1 }, { idempotency_key: 'a' })).toEqual([202, undefined]);
  expect(await send({ n: 2 }, { idempotency_key: 'a' })).toEqual([409, 'idempotency_key_reused']);
  const deep = `{"event_type":"lead.deleted","payload":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  const headers = { 'content-type': 'application/json' };
  const response = await request.post('/api/webhooks/trigger', { data: deep, headers });
  expect([response.status(), (await response.json()).code]).toEqual([422, 'payload_too_deep']);
});

test('digits that a double cannot hold reach the receiver as they were posted', async ({
  page,
  receiver,
}) => {
  await page.request.post('/api/webhooks', {
    data: { name: 'Chiffres', url: receiver.url, events: ['lead.deleted'] },
  });
  const data = '{"event_type":"lead.deleted","payload":{"id":9223372036854775807,"x":1e400}}';
  const headers = { 'content-type': 'application/json' };
  expect((await page.request.post('/api/webhooks/trigger', { data, headers })).status()).toBe(202);
  const [request] = await receiver.waitFor(1);
  expect(String(request?.body)).toContain('"payload":{"id":9223372036854775807,"x":1e400}');
});

test('a lead and an appointment written through the API have one event each', async ({ page, receiver }) => {
  const data = { name: 'Tout', url: receiver.url, events: ['lead.created', 'appointment.created'] };
  await page.request.post('/api/webhooks', { data });
  const lead = await (await page.request.post('/api/crm/leads', { data: { nom: 'Direct' } })).json();
  const times = { debut: '2026-12-01T10:00:00Z', fin: '2026-12-01T11:00:00Z' };
  const made = await page.request.post('/api/crm/appointments', { data: { titre: 'Visite', ...times } });
  const { appointment, changed, deliveries } = await made.json();
  expect({ changed, deliveries }).toEqual({ changed: true, deliveries: 1 });
  await receiver.waitFor(2);
  const ids = receiver.requests.map((request) => JSON.parse(String(request.body)).payload.id);
  expect(ids.sort()).toEqual([lead.id, appointment.id].sort());
});

test('the list finds deliveries by words as people write them', async ({ request, receiver }) => {
  const data = { name: 'Tout', url: receiver.url, events: ['lead.deleted'] };
  await request.post('/api/webhooks', { data });
  const payload = { id: crypto.randomUUID(), nom: 'Lefèvre', prenom: 'Chloé', note: 'dit "oui", (a.b)' };
  await request.post('/api/webhooks/trigger', { data: { event_type: 'lead.deleted', payload } });
  const found = async (q: string) => {
    const query = new URLSearchParams({ q, event_type: 'lead.deleted', from: '2020-01-01T00:00:00Z' });
    const answer = await request.get(`/api/deliveries?${query}`);
    expect(answer.status(), await answer.text()).toBe(200);
    const { items } = await answer.json();
    return items.map((item: { id: string }) => item.id) as string[];
  };
  const [delivery = ''] = await found(payload.id);
  expect(delivery).toMatch(/^[0-9a-f-]{36}$/);
  for (const q of ['Chloé  Lefèvre', `oui" ${payload.id}`, 'dit "oui", (a.b)', delivery]) {
    expect((await found(q))[0]).toBe(delivery);
  }
  for (const q of ['Chl_é Lefèvre', `${payload.id} absent`, ',id.not.is.null'])
    expect(await found(q)).toEqual([]);
});
