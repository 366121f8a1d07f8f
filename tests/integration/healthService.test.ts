import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { GET } from '@/app/api/health/route';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/faultProxy';
import { addWebhook, queueDeliveries } from '../support/webhooks';

/*
 * The health route on a real database, behind an API that fails in every way that a network and a gateway know.
 */

let stack: TestStack;
let proxy: FaultProxy;
beforeAll(async () => {
  stack = await startTestStack();
  proxy = await startFaultProxy(process.env.SUPABASE_URL ?? '');
  process.env.SUPABASE_URL = proxy.url; // before lib/env is read for the first time
});
afterAll(async () => {
  await proxy?.close();
  await stack?.stop();
});
beforeEach(async () => {
  forgetFigures();
  await emptyTables(stack.sql);
});
afterEach(() => proxy.fault(null));

/** What was asked up to a second ago is not given again. */
function forgetFigures(): void {
  Reflect.deleteProperty(globalThis, 'devlinkWebhookFigures');
}

async function ask() {
  const began = performance.now();
  const response = await GET(new Request('http://app.test/api/health'), { params: Promise.resolve({}) });
  return { status: response.status, body: await response.json(), ms: performance.now() - began };
}

it('a database that answers: every figure of it', async () => {
  const { status, body } = await ask();
  expect([status, body.status]).toEqual([200, 'ok']);
  expect(body.schema_version).toMatch(/^\d{14}$/);
  expect(body).toMatchObject({
    oldest_claimable_ms: null,
    deliveries: { pending: 0, retrying: 0, in_flight: 0 },
    held: { inactive: 0, paused: 0, throttled: 0, limited: 0 },
    drains: { count: 0, last_exchange_ms: null, last_settled_ms: null },
    jobs: { running: 0, failed: 0 },
  });
  expect(body.chores.map(({ chore }: { chore: string }) => chore)).toContain('make_partitions');
});

it.each<[what: string, fault: Fault, sentence: string]>([
  ['hangs', { kind: 'hang' }, 'not answered in time'],
  ['accepts connections that nobody reads', { kind: 'deaf' }, ''],
  ['sends half of its answer and no more', { kind: 'stall' }, 'not answered in time'],
  ['answers later than people wait', { kind: 'slow', ms: 5000 }, 'not answered in time'],
  ['resets connections', { kind: 'reset' }, 'cannot be reached'],
  ['is not there', { kind: 'refuse' }, 'cannot be reached'],
  ['breaks off in the middle of its answer', { kind: 'half' }, 'cannot be reached'],
  [
    'lost its database',
    {
      kind: 'answer',
      status: 503,
      // What PostgREST answers, by its own back-off for seconds after Postgres is there again.
      body: '{"code":"PGRST002","details":null,"hint":null,"message":"Could not query the database for the schema cache. Retrying."}',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'proxy-status': 'PostgREST; error=PGRST002',
      },
    },
    'answers, but its database does not',
  ],
  ['is a gateway’s page', { kind: 'answer' }, 'cannot be reached'],
  ['is a gateway’s page with 200', { kind: 'answer', status: 200 }, 'cannot be reached'],
  [
    'refuses the key',
    { kind: 'answer', status: 401, body: '{"message":"Invalid API key"}' },
    'SUPABASE_SECRET_KEY',
  ],
  [
    'has not this version’s migrations',
    { kind: 'answer', status: 404, body: '{"code":"PGRST202","message":"no function"}' },
    'apply the migrations',
  ],
  ['has figures of another shape', { kind: 'answer', status: 200, body: '{"a":1}' }, 'apply the migrations'],
])('an API that %s: 503 within 2 s, and why', async (_, fault, sentence) => {
  await ask(); // A connection is open.
  forgetFigures();
  await proxy.fault(fault);
  const { status, body, ms } = await ask();
  expect(ms).toBeLessThan(2000);
  // Who is deaf to new connections may still answer on one that was open.
  if (fault.kind === 'deaf' && status === 200) return;
  expect([status, body.status]).toEqual([503, 'unavailable']);
  expect(body.warnings.join()).toContain(sentence);
  expect(body.drain.free_slots).toBeGreaterThan(0);
});

it('a crowd that asks costs the database one look a second, whether it answers or hangs', async () => {
  for (const fault of [null, { kind: 'hang' }] as const) {
    forgetFigures();
    await proxy.fault(fault);
    const before = proxy.seen();
    const answers = await Promise.all(Array.from({ length: 200 }, ask));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([fault ? 503 : 200]));
    expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(2500);
    await ask();
    expect(proxy.seen() - before).toBe(1);
  }
});

it('stalled: what could be sent has waited for over a minute, and who asks ends nothing', async () => {
  const id = await addWebhook(stack.sql);
  await queueDeliveries(stack.sql, id, 1);
  await stack.sql`update webhook_queue set due_at = now() - interval '2 minutes'`;
  await stack.sql`insert into webhook_workers (worker, last_exchange_at) values ('w/1', now())`;
  const stalled = await ask();
  expect([stalled.status, stalled.body.status]).toEqual([503, 'stalled']);
  expect(stalled.body.warnings.join()).toContain('none has ended a delivery');
  forgetFigures();
  await stack.sql`update webhooks set status = 'inactive'`;
  const held = await ask();
  expect([held.status, held.body.oldest_claimable_ms, held.body.held.inactive]).toEqual([200, null, 1]);
});

it('a chore that fails is named, without the addresses and values in its error', async () => {
  await stack.sql`select note_webhook_chore_failure('end_orphans', 'cannot read https://h.example/T0KEN?k=s3cret')`;
  const { status, body } = await ask();
  expect([status, body.status]).toEqual([200, 'ok']);
  expect(body.warnings.join()).toContain('The chore end_orphans fails');
  expect(JSON.stringify(body)).not.toMatch(/T0KEN|s3cret/);
});
