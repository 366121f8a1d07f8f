import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import postgres, { type Sql } from 'postgres';
import { sendLiteToItsLog } from '../../scripts/stack/api/quietLite.ts';
import { buildApp, buildIsFresh } from '../../scripts/stack/app/appBuild.ts';
import { type AppProcess, startApp, waitUntilHealthy } from '../../scripts/stack/app/appProcess.ts';
import { type Backend, type Cleanup, startLocalBackend } from '../../scripts/stack/backend.ts';
import { openDataDir } from '../../scripts/stack/machine/dataDir.ts';
import { freePort } from '../../scripts/stack/machine/freePort.ts';
import { appEnv } from '../../scripts/stack/stack.ts';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { type Gate, startGate } from '../support/gate.ts';
import { temporaryDataDir } from '../support/temporaryDataDir.ts';
import { signIn } from './load.ts';
import { type Receivers, startReceivers } from './receivers.ts';

/** One answer of the app, and how long it took in milliseconds. Status 0: none came, `body` says why. */
export type Answered = { status: number; body: string; ms: number };

/** The product with a hand on everything around its app: the clock, the way to the API, descriptors, the database. */
export type Product = {
  app: AppProcess;
  backend: Backend;
  /** The app's only way to the Supabase API. */
  proxy: FaultProxy;
  /** Its only way to the database itself. */
  line: Gate;
  receivers: Receivers;
  /** As the superuser, beside the API. */
  sql: Sql;
  /** Connections of one's own, for transactions that are held open. Ended with the product at the latest. */
  connect(): Sql;
  /** Calls the app as the administrator. */
  call(method: string, path: string, body?: unknown, timeoutMs?: number): Promise<Answered>;
  /** The app's wall clock is from now on this many milliseconds off. */
  stepClock(offsetMs: number): void;
  stop(): Promise<void>;
};

const clockShift = fileURLToPath(new URL('./clockShift.ts', import.meta.url));

/** Starts backend, proxy, receivers, app and its cron, with throw-away data. @param hasLine whether the app has a line to the database */
export async function startProduct(say: (line: string) => void, hasLine: boolean): Promise<Product> {
  const dataDir = temporaryDataDir();
  openDataDir(dataDir);
  sendLiteToItsLog(dataDir);
  const cleanups: Cleanup[] = [() => rmSync(dataDir, { recursive: true, force: true })];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  try {
    const backend = await startLocalBackend(dataDir, cleanups, (error) => say(String(error)));
    const proxy = await startFaultProxy(backend.supabase.url);
    cleanups.push(proxy.close);
    const address = new URL(backend.database_url ?? '');
    const line = await startGate(Number(address.port));
    cleanups.push(line.close);
    address.port = String(line.port);
    const receivers = await startReceivers({});
    cleanups.push(receivers.stop);
    if (!buildIsFresh()) await buildApp(dataDir, new AbortController().signal);
    const clockFile = path.join(dataDir, 'clock');
    const app = startApp({
      mode: 'start',
      port: await freePort(3300),
      dataDir,
      env: {
        ...appEnv(backend, process.env),
        SUPABASE_URL: proxy.url,
        // An empty variable is one that was not set.
        WEBHOOKS_DATABASE_URL: hasLine ? address.href : '',
        NODE_OPTIONS: `--import ${pathToFileURL(clockShift)}`,
        DEVLINK_CHAOS_CLOCK: clockFile,
      },
      onRestart: say,
    });
    cleanups.push(app.stop);
    await waitUntilHealthy(app, 60_000);
    cleanups.push(startCron(app, backend));
    const connect = () => {
      const sql = postgres(backend.database_url ?? '', { max: 4, onnotice: () => {} });
      cleanups.push(() => sql.end({ timeout: 1 }));
      return sql;
    };
    return {
      app,
      backend,
      proxy,
      line,
      receivers,
      sql: connect(),
      connect,
      call: caller(app, await signIn(backend)),
      stepClock: (offsetMs) => writeFileSync(clockFile, String(offsetMs)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Calls the drain route again and again as a cron does, but every few seconds: what begins with a call begins soon. */
function startCron({ url }: AppProcess, { cron_secret }: Backend): () => void {
  const stopped = new AbortController();
  const headers = { authorization: `Bearer ${cron_secret}` };
  const route = `${url}/api/cron/drain-deliveries?budget=3`;
  const run = async () => {
    while (!stopped.signal.aborted) {
      // Troubles make it fail; that is what they are for.
      const answer = await fetch(route, { headers, signal: stopped.signal }).catch(() => null);
      await answer?.text().catch(() => {});
      if (!answer?.ok) await sleep(500, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  void run();
  return () => stopped.abort();
}

function caller({ url }: AppProcess, token: string): Product['call'] {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async (method, where, body, timeoutMs = 15_000) => {
    const began = performance.now();
    const answered = (status: number, text: string) => ({
      status,
      body: text,
      ms: performance.now() - began,
    });
    try {
      const response = await fetch(`${url}${where}`, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      });
      return answered(response.status, await response.text());
    } catch (error) {
      return answered(0, String(error));
    }
  };
}
