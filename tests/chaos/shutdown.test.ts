import { rmSync } from 'node:fs';
import postgres, { type Sql } from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { sendLiteToItsLog } from '../../scripts/stack/api/quietLite.ts';
import { type AppProcess, startApp, waitUntilHealthy } from '../../scripts/stack/app/appProcess.ts';
import { type Backend, type Cleanup, startLocalBackend } from '../../scripts/stack/backend.ts';
import { freePort } from '../../scripts/stack/machine/freePort.ts';
import { appEnv } from '../../scripts/stack/stack.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { type Gate, startGate } from '../support/gate.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { temporaryDataDir } from '../support/temporaryDataDir.ts';
import { addWebhook } from '../support/webhooks.ts';
import { signIn } from './load.ts';

/*
 * SIGTERM, as a host sends it before it takes the process away: what is under way is finished and written, nothing
 * more is claimed. The backend without the launcher's cron and restarts, so that nobody else takes the queue.
 */

const atOnce = 20;
const events = 60;

let dataDir: string;
const cleanups: Cleanup[] = [];
let backend: Backend;
let sql: Sql;
let token: string;
let receiver: Receiver;
/** Between the app and the API. */
let proxy: FaultProxy;
/** Between the app and the database itself. */
let line: Gate;
let app: AppProcess;

beforeAll(async () => {
  dataDir = temporaryDataDir();
  sendLiteToItsLog(dataDir);
  backend = await startLocalBackend(dataDir, cleanups, () => {});
  sql = postgres(backend.database_url ?? '', { max: 2, onnotice: () => {} });
  token = await signIn(backend);
  proxy = await startFaultProxy(backend.supabase.url);
  line = await startGate(Number(new URL(backend.database_url ?? '').port));
});
afterAll(async () => {
  await line?.close();
  await proxy?.close();
  await sql?.end({ timeout: 1 });
  for (const cleanup of cleanups.reverse()) await cleanup();
  rmSync(dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  await proxy.fault(null);
  await line.become('open');
  receiver = await startReceiver({ delayMs: 3000 });
  await sql`truncate webhook_queue, webhook_history`;
  await sql`delete from webhooks`;
  await addWebhook(sql, { url: `${receiver.url}/slow`, timeout_ms: 10_000, max_in_flight: atOnce });
  const databaseUrl = new URL(backend.database_url ?? '');
  databaseUrl.port = String(line.port);
  app = startApp({
    mode: 'start',
    port: await freePort(3200),
    dataDir,
    env: appEnv(
      { ...backend, supabase: { ...backend.supabase, url: proxy.url }, database_url: databaseUrl.href },
      process.env,
    ),
    onRestart: () => {},
  });
  await waitUntilHealthy(app, 60_000);
});
afterEach(async () => {
  await app.stop();
  await receiver.close();
});

const fillQueue = (count: number) => sql`
  select emit_webhook_event('lead.created', json_build_object('n', n)) from generate_series(1, ${count}::int) as n`;

function callCron(signal?: AbortSignal): Promise<number> {
  const headers = { authorization: `Bearer ${backend.cron_secret}` };
  return fetch(`${app.url}/api/cron/drain-deliveries?budget=60`, { headers, signal }).then(
    ({ status }) => status,
  );
}

/** What must be true once the process has ended: nothing cut off, nothing taken that was not sent. */
async function expectSettled(stopped: Promise<void>): Promise<void> {
  const began = performance.now();
  await stopped;
  // Within the 20 s that the launcher grants, and after the 3 s that the receiver takes.
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(receiver.requests).toHaveLength(atOnce);
  const [row] = await sql`
    select (select count(*)::int from webhook_history where status = 'success' and attempt_count = 1) as succeeded,
      (select count(*)::int from webhook_queue) as waiting,
      (select count(*)::int from webhook_queue where locked_until > now()) as leased`;
  expect(row).toEqual({ succeeded: atOnce, waiting: events - atOnce, leased: 0 });
}

it('SIGTERM while the cron waits for its answer', async () => {
  await fillQueue(events);
  const cron = callCron();
  await receiver.waitFor(atOnce);
  await expectSettled(app.stop());
  expect(await cron).toBe(200);
});

it('SIGTERM after the cron hung up', async () => {
  await fillQueue(events);
  const hangUp = new AbortController();
  const cron = callCron(hangUp.signal).catch(() => 'hung up');
  await receiver.waitFor(atOnce);
  hangUp.abort();
  expect(await cron).toBe('hung up');
  await expectSettled(app.stop());
});

it('SIGTERM when a trigger woke the drain and was answered', async () => {
  await fillQueue(events - 1);
  const response = await fetch(`${app.url}/api/webhooks/trigger`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event_type: 'lead.created', payload: { id: '1' } }),
  });
  expect(response.status).toBe(202);
  await receiver.waitFor(atOnce);
  await expectSettled(app.stop());
});

/** Milliseconds: WEBHOOKS_SHUTDOWN_SECONDS, and what a busy machine adds; the launcher kills after 20 s. */
const grace = 15_000 + 2000;

async function stopWithin(ms: number): Promise<void> {
  const began = performance.now();
  await app.stop();
  expect(performance.now() - began).toBeLessThan(ms);
}

it.each<Fault>([{ kind: 'hang' }, { kind: 'deaf' }, { kind: 'stall' }, { kind: 'refuse' }])(
  'SIGTERM while the API is away ($kind), and the line: the process ends in time, and nothing is lost',
  async (fault) => {
    await fillQueue(events);
    const cron = callCron().catch(() => 'hung up');
    await receiver.waitFor(atOnce);
    await proxy.fault(fault);
    await line.become(fault.kind === 'hang' || fault.kind === 'deaf' ? 'deaf' : 'refuse');
    // A person's request hangs as well.
    const headers = { authorization: `Bearer ${token}` };
    const request = fetch(`${app.url}/api/webhooks`, { headers }).catch(() => null);
    await stopWithin(grace);
    await Promise.all([cron, request]);
    expect(receiver.requests.length).toBe(atOnce);
    // Written where the API did as asked and only its answer was lost; else still there, and no delivery is neither.
    const [row] = await sql`
      select (select count(*)::int from webhook_queue) as waiting,
        (select count(*)::int from webhook_history where status = 'success') as succeeded`;
    const written = fault.kind === 'stall' ? atOnce : 0;
    expect(row).toEqual({ waiting: events - written, succeeded: written });
  },
);

it('SIGTERM while the API is away, and the line is not', async () => {
  await fillQueue(events);
  const cron = callCron().catch(() => 'hung up');
  await receiver.waitFor(atOnce);
  await proxy.fault({ kind: 'hang' });
  await expectSettled(app.stop());
  await cron;
});

it('SIGTERM while a receiver never answers', async () => {
  receiver.answer({ delayMs: 3_600_000 });
  await sql`update webhooks set timeout_ms = 30000`;
  await fillQueue(events);
  void callCron().catch(() => {});
  await receiver.waitFor(atOnce);
  await stopWithin(grace);
});

it('SIGTERM while a script hangs', async () => {
  const script = 'if (payload.n % 2) for (;;); return payload;';
  await sql`update webhooks set transform_enabled = true, transform_script = ${script}`;
  await fillQueue(events);
  void callCron().catch(() => {});
  await receiver.waitFor(1);
  await stopWithin(grace);
});
