import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { drainFigures, drainFor, stopDrain } from '@/lib/engine/processDrain';
import { testDelivery } from '@/lib/engine/testDelivery';
import { closeSandbox } from '@/lib/sandbox/transformSandbox';
import { webhookService } from '@/lib/services/webhookService';
import { getDelivery } from '@/lib/store/deliveryStore';
import { startTestStack, type TestStack } from '../support/database';
import { type Receiver, startReceiver } from '../support/receiver';
import { PATCH as updateLead } from '../support/seedBackend';

// Outside a request of Next there are no headers: these stand in for an administrator's.
const request = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock('next/headers', () => ({
  headers: async () => request.headers,
  cookies: async () => ({ getAll: () => [], get: () => undefined, set: () => {} }),
}));

let stack: TestStack;
let receiver: Receiver;

beforeAll(async () => {
  stack = await startTestStack();
  request.headers.set('authorization', `Bearer ${await stack.accessToken('admin')}`);
});
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  await stack.sql`delete from webhooks`;
  await receiver.close();
});
afterAll(async () => {
  await stopDrain();
  await closeSandbox();
  await stack.stop();
});

type Settings = Record<string, unknown>;

async function createWebhook(settings: Settings = {}): Promise<string> {
  const row = { name: 'Test', url: `${receiver.url}/hook`, events: ['lead.created'], ...settings };
  const { data, error } = await stack.adminClient().from('webhooks').insert(row).select('id').single();
  if (error) throw error;
  return data.id;
}

const secretsOf = async (webhookId: string) =>
  (
    await stack.sql`select secret_key, signing_secret from webhook_secrets where webhook_id = ${webhookId}`
  )[0] as {
    secret_key: string;
    signing_secret: string;
  };

const deliveriesOf = (webhookId: string) =>
  stack.sql`select * from webhook_deliveries where webhook_id = ${webhookId} order by id`;
const attemptsOf = (webhookId: string) =>
  stack.sql`select * from webhook_attempts where webhook_id = ${webhookId} order by delivery_id, attempt`;

/** Waits until every delivery of the webhook is final, draining meanwhile. */
async function untilFinal(webhookId: string, timeoutMs = 20_000) {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const deliveries = await deliveriesOf(webhookId);
    if (
      deliveries.length > 0 &&
      deliveries.every((row) => row.status !== 'pending' && row.status !== 'retrying')
    ) {
      return deliveries;
    }
    void drainFor(1000);
    await sleep(50);
  }
  throw new Error(`not final: ${JSON.stringify(await deliveriesOf(webhookId))}`);
}

const headersOf = (headers: Record<string, unknown>) => headers as Record<string, string>;

/** The receiver's code from the product's specification, to the letter. */
function verifyWebhook(payload: unknown, signature: string, secretKey: string): boolean {
  const expectedSignature = Buffer.from(`${secretKey}:${JSON.stringify(payload)}`).toString('base64');

  return signature === expectedSignature;
}

describe('what goes over the wire', () => {
  test('a trigger arrives at once, in the envelope, with both signatures valid', async () => {
    const id = await createWebhook({
      headers: { Authorization: 'Bearer jeton', 'X-Custom-Header': 'value' },
    });
    const payload = { id: '42', nom: 'Dupont', prénom: 'Zoé "é" 🚀', nested: { b: 1, a: [null, true, 1.5] } };
    const { eventId, deliveries } = await webhookService.triggerWebhooksForEvent('lead.created', payload);
    expect(deliveries).toBe(1);
    const [request] = await receiver.waitFor(1);
    if (!request) throw new Error('nothing arrived');

    const body = request.body.toString();
    const envelope = JSON.parse(body);
    expect(body).toBe(JSON.stringify(envelope));
    expect(Object.keys(envelope)).toEqual(['event_type', 'payload', 'timestamp']);
    expect(envelope).toMatchObject({ event_type: 'lead.created', payload });
    const [event] = await stack.sql`select occurred_at from webhook_events where id = ${eventId}`;
    expect(envelope.timestamp).toBe(event?.occurred_at.toISOString());

    const headers = headersOf(request.headers);
    expect(request.method).toBe('POST');
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-webhook-event': 'lead.created',
      authorization: 'Bearer jeton',
      'x-custom-header': 'value',
    });
    expect(headers['user-agent']).toMatch(/^DevLink-Webhooks\/\d/);
    expect(headers['x-webhook-delivery-id']).toBe(headers['webhook-id']);

    const secrets = await secretsOf(id);
    expect(verifyWebhook(envelope, headers['x-webhook-signature'] ?? '', secrets.secret_key)).toBe(true);
    expect(verifyWebhook(envelope, headers['x-webhook-signature'] ?? '', 'another')).toBe(false);
    expect(new StandardWebhook(secrets.signing_secret).verify(body, headers)).toEqual(envelope);
    expect(() => new StandardWebhook(secrets.signing_secret).verify(`${body} `, headers)).toThrow();
    const svixHeaders = {
      'svix-id': headers['webhook-id'] ?? '',
      'svix-timestamp': headers['webhook-timestamp'] ?? '',
      'svix-signature': headers['webhook-signature'] ?? '',
    };
    new SvixWebhook(secrets.signing_secret).verify(body, svixHeaders); // throws when invalid
    new SvixWebhook(secrets.signing_secret).verify(body, headers);
    expect(() => new SvixWebhook(secrets.signing_secret).verify(`${body} `, headers)).toThrow();
    await untilFinal(id);
  });

  test('the specification’s sample for back-end routes, as written', async () => {
    const id = await createWebhook({ events: ['lead.updated'] });
    const body = JSON.stringify({ leadId: '42', updatedFields: { statut: 'qualifie' } });
    const request = new Request('http://crm.test/api/leads', { method: 'PATCH', body });
    expect((await updateLead(request)).status).toBe(204);
    const [received] = await receiver.waitFor(1);
    expect(JSON.parse(String(received?.body)).payload).toEqual({ id: '42', changes: { statut: 'qualifie' } });
    await untilFinal(id);
  });

  test('both signing secrets sign while a rotation overlaps', async () => {
    const id = await createWebhook();
    const before = await secretsOf(id);
    await stack.sql`select rotate_webhook_secret(${id}, 'signing_secret')`;
    const after = await secretsOf(id);
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    const [request] = await receiver.waitFor(1);
    const [body, headers] = [request?.body.toString() ?? '', headersOf(request?.headers ?? {})];
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const { signing_secret } of [before, after]) {
      expect(new StandardWebhook(signing_secret).verify(body, headers)).toBeTruthy();
    }
    await untilFinal(id);
  });

  test('the raw format sends the script’s result as the whole body, and the seed header can be off', async () => {
    const id = await createWebhook({
      body_format: 'raw',
      seed_signature_enabled: false,
      transform_enabled: true,
      transform_script: "return { text: 'Nouveau lead : ' + payload.nom };",
    });
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1', nom: 'Dupont' });
    const [request] = await receiver.waitFor(1);
    expect(request?.body.toString()).toBe('{"text":"Nouveau lead : Dupont"}');
    expect(request?.headers['x-webhook-signature']).toBeUndefined();
    await untilFinal(id);
  });

  test('the seed’s transform runs on the payload, inside the envelope', async () => {
    const id = await createWebhook({
      transform_enabled: true,
      transform_script: `return {
        ...payload,
        custom_field: 'value',
        timestamp: new Date().toISOString()
      };`,
    });
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1', nom: 'Dupont' });
    const [request] = await receiver.waitFor(1);
    const envelope = JSON.parse(request?.body.toString() ?? '');
    expect(envelope.payload).toMatchObject({ id: '1', nom: 'Dupont', custom_field: 'value' });
    expect(Date.parse(envelope.payload.timestamp)).toBeGreaterThan(Date.now() - 60_000);
    await untilFinal(id);
  });
});

/** An event as SQL writes it, whatever checks its payload elsewhere, for one webhook. */
async function insertEvent(webhookId: string, payload: string): Promise<string> {
  const [event] = await stack.sql<{ id: string }[]>`
    insert into webhook_events (event_type, payload) values ('lead.created', ${payload}::text::json) returning id`;
  const [row] = await stack.sql<{ id: string }[]>`
    insert into webhook_queue (webhook_id, event_id, event_type) values (${webhookId}, ${event?.id ?? ''}, 'lead.created')
    returning id`;
  return row?.id ?? '';
}

describe('what is in a payload', () => {
  test('goes out without a change of any value, and is shown as it went out', async () => {
    const id = await createWebhook();
    const payload =
      '{ "id" : 9223372036854775807, "x" : [1e400, 0.1000000000000000055511151231257827, 1.0], "é" : "\\u00e9" }';
    const deliveryId = await insertEvent(id, payload);
    await untilFinal(id);
    const body = receiver.requests[0]?.body.toString() ?? '';
    expect(body).toContain(
      '"payload":{"id":9223372036854775807,"x":[1e400,0.1000000000000000055511151231257827,1],"é":"é"},',
    );
    const { attempts, event } = await getDelivery(deliveryId);
    expect(attempts[0]?.request_body).toBe(body);
    expect(attempts[0]?.request_headers).toMatchObject({ 'Accept-Encoding': 'identity' });
    expect(event?.payload).toMatchObject({ é: 'é' });
  });

  test('costs itself at most: 5,000 deep, brackets only, half of a surrogate pair, beside ordinary ones', async () => {
    const odd = [
      `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
      '['.repeat(5000) + ']'.repeat(5000),
      '{"text":"\\ud800 and \\u0000"}',
    ];
    // The receiver's own limit of headers would refuse the seed's.
    const strange = await createWebhook({ seed_signature_enabled: false });
    const scripted = await createWebhook({ transform_enabled: true, transform_script: 'return { n: 1 };' });
    const ordinary = await createWebhook({ url: `${receiver.url}/ordinary` });
    const ids: string[] = [];
    for (const payload of odd) {
      ids.push(await insertEvent(strange, payload));
      await insertEvent(scripted, payload);
      await insertEvent(ordinary, '{"id":"1"}');
    }
    const statusesOf = async (id: string) => (await untilFinal(id)).map((row) => row.status);
    expect(await statusesOf(ordinary)).toEqual(['success', 'success', 'success']);
    expect(await statusesOf(strange)).toEqual(['success', 'success', 'success']);
    await untilFinal(scripted);
    const bodies = receiver.requests.map(({ body }) => body.toString());
    for (const payload of odd)
      expect(bodies.some((body) => body.includes(`"payload":${payload},`))).toBe(true);
    // What is too deep to be shown as JSON is shown as text, and its page is no error.
    expect((await getDelivery(ids[0] ?? '')).event?.payload).toBe(odd[0]);
    expect((await getDelivery(ids[2] ?? '')).event?.payload).toEqual({ text: '\ud800 and \0' });
  });

  test('and in settings: a header or secrets that are not acceptable any more cost that delivery only', async () => {
    // The database refuses such headers; a restored dump could bring them.
    await stack.sql`alter table webhooks drop constraint webhooks_headers_check`;
    const badName = await createWebhook({ headers: { 'Bad Name': 'x' } });
    const badValue = await createWebhook({ headers: { 'X-Value': 'a\r\nX-Injected: b' } });
    const noSecrets = await createWebhook();
    const sound = await createWebhook({ url: `${receiver.url}/sound` });
    await stack.sql`delete from webhook_secrets where webhook_id = ${noSecrets}`;
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    expect(await untilFinal(sound)).toMatchObject([{ status: 'success' }]);
    for (const id of [badName, badValue, noSecrets]) {
      expect(await untilFinal(id)).toMatchObject([{ status: 'failed', last_error_kind: 'request_invalid' }]);
    }
    expect(receiver.requests).toHaveLength(1);
  });
});

describe('what a receiver asks for', () => {
  test('429: nothing is sent to it before Retry-After, no retry is used up, and all arrive', async () => {
    const id = await createWebhook({ max_retries: 0 });
    let answered = 0;
    receiver.answer(() => (answered++ < 4 ? { status: 429, headers: { 'retry-after': '2' } } : {}));
    for (let n = 0; n < 6; n += 1) await insertEvent(id, `{"id":"${n}"}`);
    const deliveries = await untilFinal(id);
    expect(deliveries.map(({ status, retry_count }) => [status, retry_count])).toEqual(
      Array.from({ length: 6 }, () => ['success', 0]),
    );
    const firstRefusal = receiver.requests[0]?.at ?? 0;
    const afterwards = receiver.requests.filter(({ at }) => at > firstRefusal + 1000);
    expect((afterwards[0]?.at ?? 0) - firstRefusal).toBeGreaterThanOrEqual(2000);
    const throttled = (await attemptsOf(id)).filter(({ error_kind }) => error_kind === 'throttled');
    expect(throttled.length).toBe(receiver.requests.length - 6);
  });

  test('431: the same request once more without the seed’s header, and the log says so', async () => {
    // Node's own limit for headers, as most servers have one.
    const id = await createWebhook();
    const deliveryId = await insertEvent(id, JSON.stringify({ notes: 'x'.repeat(20_000) }));
    expect(await untilFinal(id)).toMatchObject([{ status: 'success', attempt_count: 1 }]);
    expect(receiver.requests).toHaveLength(1);
    expect(receiver.requests[0]?.headers['x-webhook-signature']).toBeUndefined();
    expect(receiver.requests[0]?.headers['webhook-signature']).toBeDefined();
    const [attempt] = (await getDelivery(deliveryId)).attempts;
    expect(attempt?.request_headers).not.toHaveProperty('X-Webhook-Signature');
    expect(attempt?.console).toMatchObject([{ level: 'warn', code: 'seed_signature_left_out' }]);
  });

  test('refusals are tried again as configured, or not at all', async () => {
    receiver.answer({ status: 422 });
    const again = await createWebhook({ max_retries: 1, retry_delay: 1 });
    const once = await createWebhook({ retry_refusals: false });
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    expect(await untilFinal(again)).toMatchObject([{ status: 'failed', attempt_count: 2 }]);
    expect(await untilFinal(once)).toMatchObject([
      { status: 'failed', attempt_count: 1, last_status_code: 422 },
    ]);
  });

  test('a test that is refused, throttled or told 410 just fails', async () => {
    const id = await createWebhook();
    const event = { event_type: 'webhook.test', payload: { test: true } };
    for (const status of [422, 429, 410]) {
      receiver.answer({ status, headers: { 'retry-after': '60' } });
      await testDelivery(id, event);
    }
    const deliveries = await deliveriesOf(id);
    expect(deliveries.map((row) => [row.status, row.last_error_kind])).toEqual([
      ['failed', 'status'],
      ['failed', 'throttled'],
      ['failed', 'gone'],
    ]);
    expect(await stack.sql`select from webhook_holds`).toHaveLength(0);
    expect(await stack.sql`select status from webhooks where id = ${id}`).toEqual([{ status: 'active' }]);
  });
});

describe('outcomes and retries', () => {
  test('two refusals, then success: retries after 5 s and 10 s, the same id and timestamp, three attempts logged', async () => {
    const id = await createWebhook();
    receiver.script([{ status: 500, body: 'en panne' }, { instead: 'reset' }]);
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    const [delivery] = await untilFinal(id, 25_000);
    const requests = receiver.requests;
    expect(delivery).toMatchObject({ status: 'success', retry_count: 2, attempt_count: 3 });
    expect(requests).toHaveLength(3);
    const gaps = requests.slice(1).map((request, index) => request.at - (requests[index]?.at ?? 0));
    expect(gaps[0]).toBeGreaterThanOrEqual(5000);
    expect(gaps[0]).toBeLessThan(6500); // 5 s, 10% of jitter, 1 s of punctuality
    expect(gaps[1]).toBeGreaterThanOrEqual(10_000);
    expect(gaps[1]).toBeLessThan(12_000);
    expect(new Set(requests.map((request) => request.headers['webhook-id'])).size).toBe(1);
    expect(new Set(requests.map((request) => request.body.toString())).size).toBe(1);
    const attempts = await attemptsOf(id);
    expect(attempts.map((row) => [row.attempt, row.succeeded, row.response_status, row.error_kind])).toEqual([
      [1, false, 500, 'status'],
      [2, false, null, 'connection_reset'],
      [3, true, 200, null],
    ]);
    expect(attempts[0]).toMatchObject({ response_body: 'en panne', request_url: `${receiver.url}/hook` });
  }, 40_000);

  test('gives up when the retries are used up, and when they are switched off', async () => {
    receiver.answer({ status: 503 });
    const short = await createWebhook({ max_retries: 1, retry_delay: 1 });
    const none = await createWebhook({ retry_enabled: false });
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    expect((await untilFinal(short))[0]).toMatchObject({
      status: 'failed',
      attempt_count: 2,
      last_status_code: 503,
    });
    expect((await untilFinal(none))[0]).toMatchObject({ status: 'failed', attempt_count: 1 });
  });

  test('a redirect fails and is not followed', async () => {
    const id = await createWebhook({ retry_enabled: false });
    receiver.answer({ status: 302, headers: { location: `${receiver.url}/elsewhere` } });
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    expect((await untilFinal(id))[0]).toMatchObject({ status: 'failed', last_error_kind: 'redirect' });
    expect(receiver.requests).toHaveLength(1);
  });

  test('410 fails the delivery for good and disables the webhook', async () => {
    const id = await createWebhook();
    receiver.answer({ status: 410 });
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    expect((await untilFinal(id))[0]).toMatchObject({
      status: 'failed',
      last_error_kind: 'gone',
      attempt_count: 1,
    });
    const [webhook] = await stack.sql`select status, disabled_reason from webhooks where id = ${id}`;
    expect(webhook).toEqual({ status: 'inactive', disabled_reason: 'gone' });
  });

  test('the timeout covers the whole exchange, and at most 16 KiB of the answer are kept', async () => {
    const slow = await createWebhook({ timeout_ms: 1000, retry_enabled: false, url: `${receiver.url}/slow` });
    const large = await createWebhook({ retry_enabled: false, url: `${receiver.url}/large` });
    receiver.answer((request) =>
      request.path === '/slow' ? { body: 'x'.repeat(100), dripMs: 100 } : { floodBytes: 5_000_000 },
    );
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    expect((await untilFinal(slow))[0]).toMatchObject({ status: 'failed', last_error_kind: 'timeout' });
    expect((await untilFinal(large))[0]).toMatchObject({ status: 'success' });
    const [attempt] = await attemptsOf(large);
    expect(attempt?.response_truncated).toBe(true);
    expect(Buffer.byteLength(attempt?.response_body)).toBeLessThanOrEqual(16 * 1024);
  });

  test('Retry-After on 503 lengthens the wait, and cannot shorten it', async () => {
    const id = await createWebhook({ max_retries: 1, retry_delay: 1 });
    receiver.script([{ status: 503, headers: { 'retry-after': '3' } }]);
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    await untilFinal(id);
    const [first, second] = receiver.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(3000);
  });

  test('the present settings count: a mended URL heals the backlog', async () => {
    receiver.answer((request) => ({ status: request.path === '/right' ? 200 : 404 }));
    const id = await createWebhook({ url: `${receiver.url}/wrong`, retry_delay: 1 });
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    await receiver.waitFor(1);
    await stack.sql`update webhooks set url = ${`${receiver.url}/right`} where id = ${id}`;
    expect((await untilFinal(id))[0]).toMatchObject({ status: 'success' });
  });

  test('the log holds no secret: seed signature and custom values are masked', async () => {
    const id = await createWebhook({ headers: { Authorization: 'Bearer tres-secret' } });
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    await untilFinal(id);
    const { secret_key, signing_secret } = await secretsOf(id);
    const logged = JSON.stringify(await attemptsOf(id));
    expect(logged).toContain('webhook-signature');
    for (const secret of [
      'tres-secret',
      secret_key,
      signing_secret,
      Buffer.from(secret_key).toString('base64'),
    ]) {
      expect(logged).not.toContain(secret.slice(0, 40));
    }
  });
});

describe('transforms', () => {
  test('an endless, a greedy and a throwing script fail with their reason, send nothing and hurt nobody', async () => {
    const script = (transform_script: string) => ({ transform_enabled: true, transform_script });
    const endless = await createWebhook(script('while(true){}'));
    const greedy = await createWebhook(script('const a = []; for (;;) a.push(new Array(2e6).fill(1));'));
    const throwing = await createWebhook(script('throw new Error("champ absent");'));
    const sound = await createWebhook({ url: `${receiver.url}/sound` });
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    const outcome = async (id: string) => (await untilFinal(id))[0];
    expect(await outcome(sound)).toMatchObject({ status: 'success' });
    expect(await outcome(endless)).toMatchObject({ status: 'failed', last_error_kind: 'transform_timeout' });
    // On a slow machine the time is up before the memory is.
    expect(await outcome(greedy)).toMatchObject({
      status: 'failed',
      last_error_kind: expect.stringMatching(/^transform_(memory|timeout)$/),
    });
    expect(await outcome(throwing)).toMatchObject({ status: 'failed', last_error_kind: 'transform_error' });
    expect((await outcome(throwing))?.last_error).toContain('champ absent');
    expect(receiver.requests.map((request) => request.path)).toEqual(['/sound']);
    expect((await attemptsOf(endless))[0]).toMatchObject({ request_body: null, request_url: null });
  });

  test('after the script is mended, redelivery sends under the same id', async () => {
    const id = await createWebhook({
      transform_enabled: true,
      transform_script: 'return payload.absent.champ;',
    });
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    const [failed] = await untilFinal(id);
    await stack.sql`update webhooks set transform_script = 'return { mended: true };' where id = ${id}`;
    await stack.sql`select redeliver_webhook_deliveries(${[failed?.id]})`;
    const [delivery] = await untilFinal(id);
    expect(delivery).toMatchObject({ id: failed?.id, status: 'success', attempt_count: 2 });
    expect(receiver.requests[0]?.headers['webhook-id']).toBe(failed?.id);
    expect(JSON.parse(receiver.requests[0]?.body.toString() ?? '').payload).toEqual({ mended: true });
  });
});

test('a script that returns null drops the event: skipped, and nothing is sent', async () => {
  const id = await createWebhook({
    transform_enabled: true,
    transform_script: "console.log(payload.id); return payload.id === '1' ? null : payload;",
  });
  await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
  await webhookService.triggerWebhooksForEvent('lead.created', { id: '2' });
  expect((await untilFinal(id)).map((row) => [row.status, row.last_error_kind])).toEqual([
    ['skipped', null],
    ['success', null],
  ]);
  expect(receiver.requests).toHaveLength(1);
  const [attempt] = await attemptsOf(id);
  expect(attempt).toMatchObject({
    request_url: null,
    error_kind: null,
    console: [{ level: 'log', text: '1' }],
  });
});

describe('test deliveries', () => {
  test('go out at once, even from an inactive webhook that does not listen, and are never retried', async () => {
    const id = await createWebhook({ status: 'inactive', events: ['file.deleted'] });
    const payload = {
      test: true,
      message: 'This is a test webhook delivery',
      timestamp: new Date().toISOString(),
    };
    const deliveryId = await testDelivery(id, { event_type: 'webhook.test', payload });
    const [request] = receiver.requests;
    expect(request?.headers['x-webhook-event']).toBe('webhook.test');
    expect(JSON.parse(request?.body.toString() ?? '').payload).toEqual(payload);
    expect((await deliveriesOf(id))[0]).toMatchObject({ id: deliveryId, status: 'success', is_test: true });

    receiver.answer({ status: 500 });
    await testDelivery(id, { event_type: 'webhook.test', payload });
    expect((await deliveriesOf(id))[1]).toMatchObject({ status: 'failed', attempt_count: 1 });
  });
});

test('a test whose result cannot be written at once is written later, and sent once', async () => {
  const id = await createWebhook();
  const event = { event_type: 'webhook.test', payload: { test: true } };
  const held = Promise.withResolvers<void>();
  receiver.answer({ delayMs: 300 });
  const tested = testDelivery(id, event);
  await receiver.waitFor(1);
  const lock = stack.sql.begin(async (transaction) => {
    await transaction`select from webhook_queue for update`;
    await held.promise;
  });
  const deliveryId = await tested;
  expect(await deliveriesOf(id)).toMatchObject([{ id: deliveryId, status: 'pending' }]);
  held.resolve();
  await lock;
  await vi.waitFor(async () => expect(await deliveriesOf(id)).toMatchObject([{ status: 'success' }]), 3000);
  expect(receiver.requests).toHaveLength(1);
});

describe('guarantees', () => {
  test('a private address is refused at send, and nothing of it is shown', async () => {
    const id = await createWebhook({ url: 'http://10.11.12.13:8080/admin', retry_enabled: false });
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    expect((await untilFinal(id))[0]).toMatchObject({ status: 'failed', last_error_kind: 'address_refused' });
    expect((await attemptsOf(id))[0]).toMatchObject({ response_status: null, response_body: null });
  });

  test('a webhook that hangs does not delay another', async () => {
    const hanging = await startReceiver({ instead: 'hang' });
    const slow = await createWebhook({ url: hanging.url, timeout_ms: 3000, retry_enabled: false });
    await createWebhook();
    const triggers = Array.from({ length: 60 }, (_, index) =>
      webhookService.triggerWebhooksForEvent('lead.created', { id: String(index) }),
    );
    await Promise.all(triggers);
    const started = Date.now();
    await receiver.waitFor(60, 2500);
    expect(Date.now() - started).toBeLessThan(2500);
    await stack.sql`delete from webhooks where id = ${slow}`;
    await hanging.close();
  });

  test('a small share of the work is left to drains that have plenty, until somebody asks here', async () => {
    const elsewhere = Array.from({ length: 40 }, () => createWebhook({ events: ['file.uploaded'] }));
    await Promise.all(elsewhere);
    const id = await createWebhook();
    const coin = vi.spyOn(Math, 'random').mockReturnValue(0);
    // Whoever still drains for an earlier test finds each event only with what was claimed of it elsewhere.
    await vi.waitFor(() => expect(drainFigures().running).toBe(false), 10_000);
    await stack.sql.begin(async (transaction) => {
      await transaction`select emit_webhook_event('file.uploaded', '{"id":"1"}') from generate_series(1, 16)`;
      await transaction`select claim_webhook_deliveries(1000, 'elsewhere/1')`;
    });
    await stack.sql`select emit_webhook_event('lead.created', '{"id":"1"}') from generate_series(1, 48)`;
    void drainFor(5000);
    await receiver.waitFor(16);
    await sleep(250);
    expect(receiver.requests).toHaveLength(16);
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '2' });
    await receiver.waitFor(32, 250);
    expect(await untilFinal(id)).toHaveLength(49);
    coin.mockRestore();
  });

  test('a webhook’s small payloads do not wait for large ones that hang', async () => {
    const hanging = await startReceiver({ instead: 'hang' });
    const hangs = { url: hanging.url, events: ['file.uploaded'], seed_signature_enabled: false };
    await Promise.all(Array.from({ length: 24 }, () => createWebhook(hangs)));
    await stack.sql`
      select emit_webhook_event('file.uploaded', json_build_object('notes', repeat('x', 250000)))
      from generate_series(1, 16)`;
    void drainFor(5000);
    await hanging.waitFor(250); // 64 MiB
    await sleep(300);
    expect(hanging.requests.length).toBeLessThan(24 * 16);
    await createWebhook();
    await webhookService.triggerWebhooksForEvent('lead.created', { id: '1' });
    await receiver.waitFor(1, 1000);
    await stack.sql`delete from webhooks where url = ${hanging.url}`;
    await hanging.close();
  });

  test('no more large payloads are under way than memory has room for', async () => {
    receiver.answer({ delayMs: 1500 });
    const webhooks = Array.from({ length: 24 }, () => createWebhook({ seed_signature_enabled: false }));
    const [id = ''] = await Promise.all(webhooks);
    await stack.sql`
      select emit_webhook_event('lead.created', json_build_object('notes', repeat('x', 250000)))
      from generate_series(1, 16)`;
    await untilFinal(id);
    await receiver.waitFor(24 * 16);
    // 64 MiB, and at most two claims of 8 MiB that were under way.
    expect(receiver.peak()).toBeLessThanOrEqual(80 * 4.2);
    expect(receiver.peak()).toBeGreaterThan(60);
  });

  test('events emitted in SQL by somebody else are sent without any wake-up while a drain runs', async () => {
    const id = await createWebhook();
    void drainFor(5000);
    const began = performance.now();
    // Its first look found nothing.
    await vi.waitFor(() =>
      expect(drainFigures().lastExchangeMs ?? Number.POSITIVE_INFINITY).toBeLessThan(
        performance.now() - began,
      ),
    );
    await stack.sql`select emit_webhook_event('lead.created', '{"id":"sql"}')`;
    await receiver.waitFor(1, 2000);
    await untilFinal(id);
  });

  test('a receiver that is called never sees more than max_in_flight requests at once', async () => {
    const id = await createWebhook({ max_in_flight: 3 });
    receiver.answer({ delayMs: 30 });
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        webhookService.triggerWebhooksForEvent('lead.created', { id: String(index) }),
      ),
    );
    await receiver.waitFor(40);
    expect(receiver.peak()).toBeLessThanOrEqual(3);
    await untilFinal(id);
  });
});
