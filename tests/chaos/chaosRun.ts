import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import { sendLiteToItsLog } from '../../scripts/stack/api/quietLite.ts';
import { requireOwnAnswer, startApp, waitUntilHealthy } from '../../scripts/stack/app/appProcess.ts';
import { startCronTicker } from '../../scripts/stack/app/cronTicker.ts';
import { freePort } from '../../scripts/stack/machine/freePort.ts';
import { appEnv, type RunningStack, startStack } from '../../scripts/stack/stack.ts';
import { temporaryDataDir } from '../support/temporaryDataDir.ts';
import { type Check, checkLedger, type Totals } from './ledger.ts';
import { type LoadReport, rows, startLoad } from './load.ts';
import { Random } from './random.ts';
import { startReceivers } from './receivers.ts';
import { subscriptions, webhookRows } from './subscriptions.ts';
import { type Kind, kinds, Victims } from './victims.ts';

type ChaosOptions = {
  kills: number;
  seed: number;
  /** App processes, each with a drain: beside a second one, few deliveries are claimed in the commit of their event. */
  drains: 1 | 2;
  /** The kills end when this is over, however many there were. */
  minutes: number;
  /** Milliseconds between two kills, chosen evenly between these. */
  pause: [number, number];
  /** Milliseconds of load before the first kill. */
  calmMs: number;
  /** Milliseconds within which the queue must be empty after the load. */
  quietMs: number;
  /** Each of these once, in this order, before the choice is free. */
  first?: Kind[];
  say(line: string): void;
};

export type ChaosReport = {
  killed: Record<Kind, number>;
  load: LoadReport;
  totals: Totals;
  checks: Check[];
  /** Seconds from the end of the load to an empty queue; null when it never was. */
  quietSeconds: number | null;
  seconds: number;
};

/** Runs the product under load while its parts are killed, then holds it to what it promised. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, say } = options;
  const began = Date.now();
  const dataDir = temporaryDataDir();
  const secondDir = temporaryDataDir();
  sendLiteToItsLog(dataDir);
  const env = { ...process.env, PORT: undefined, SUPABASE_URL: undefined, WEBHOOKS_WORKER: undefined };
  const signal = new AbortController().signal;
  const stack = await startStack({ mode: 'start', dataDir, env, signal });
  const behaviours = Object.fromEntries(subscriptions.map(({ name, behaviour }) => [name, behaviour]));
  const receivers = await startReceivers(behaviours);
  const second = options.drains === 2 ? await startSecondDrain(stack, secondDir, say) : null;
  try {
    const url = stack.info.database_url ?? '';
    await once(url, async (sql) => {
      // Before anybody listens: what was told of them is no event of the run.
      await sql`insert into crm_leads ${sql(rows.map((id) => ({ id, nom: id })))}`;
      await sql`truncate webhook_events, webhook_row_events`;
      await sql`insert into webhooks ${sql(webhookRows(receivers.url))}`;
    });
    const load = await startLoad(stack.info, [stack.info.url, ...(second ? [second.url] : [])], seed);
    await sleep(options.calmMs);
    const calmUntil = Date.now();

    const victims = new Victims(() => second?.pid());
    await Promise.race([killThem(victims, options), stack.failed, ...(second ? [second.failed] : [])]);
    await sleep(2000);
    await victims.awake();
    const loadReport = await load.stop();
    await receivers.recover();
    const quietSeconds = await untilEmpty(url, options.quietMs);
    const received = await receivers.received();
    const ledger = await once(url, (sql) => checkLedger(sql, loadReport.accepted, received, calmUntil));
    const seconds = (Date.now() - began) / 1000;
    return { killed: victims.killed, load: loadReport, quietSeconds, seconds, ...ledger };
  } finally {
    await second?.stop();
    await stack.stop();
    receivers.stop();
    for (const dir of [dataDir, secondDir]) rmSync(dir, { recursive: true, force: true });
  }
}

/** Another app process on the same backend, with a drain and a cron of its own. */
async function startSecondDrain(stack: RunningStack, dataDir: string, say: (line: string) => void) {
  const env = { ...appEnv(stack.info, process.env), WEBHOOKS_WORKER: 'second' };
  const app = startApp({ mode: 'start', port: await freePort(3100), dataDir, env, onRestart: say });
  await waitUntilHealthy(app, 60_000);
  const cronSecret = stack.info.cron_secret;
  const stopTicker = startCronTicker({
    url: app.url,
    cronSecret,
    requireOwnAnswer: () => requireOwnAnswer(app),
    onError: () => {},
  });
  const { url, pid, failed } = app;
  return { url, pid, failed, stop: () => Promise.all([stopTicker(), app.stop()]) };
}

async function killThem(victims: Victims, options: ChaosOptions): Promise<void> {
  const random = new Random(options.seed);
  const first = [...(options.first ?? [])];
  const ends = Date.now() + options.minutes * 60_000;
  while (victims.total < options.kills && Date.now() < ends) {
    const [next] = first;
    const kind = victims.killOne(random, next ? [next] : kinds);
    if (kind && next) first.shift();
    if (kind) options.say(`${victims.total}: ${kind}`);
    await sleep(kind ? random.between(...options.pause) : 200);
  }
}

/** Seconds until nothing is queued. The breakers are closed first: their pause of up to five minutes proves nothing here. */
async function untilEmpty(url: string, quietMs: number): Promise<number | null> {
  const began = Date.now();
  while (Date.now() - began < quietMs) {
    try {
      const left = await once(url, async (sql) => {
        await sql`delete from webhook_health`;
        const [row] = await sql<{ queued: number }[]>`select count(*)::int as queued from webhook_queue`;
        return row?.queued;
      });
      if (left === 0) return (Date.now() - began) / 1000;
    } catch {
      // Postgres may still be on its way back.
    }
    await sleep(250);
  }
  return null;
}

/** One use of the database on a connection of its own: none outlives a dead server. */
async function once<T>(url: string, use: (sql: Sql) => PromiseLike<T>): Promise<T> {
  const sql = postgres(url, { max: 1, fetch_types: false, connect_timeout: 5, onnotice: () => {} });
  try {
    return await use(sql);
  } finally {
    await sql.end({ timeout: 2 });
  }
}
