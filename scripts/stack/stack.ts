import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Account } from './accounts.ts';
import { buildApp, buildIsFresh } from './appBuild.ts';
import { type AppProcess, startApp, waitUntilHealthy } from './appProcess.ts';
import { startCronTicker } from './cronTicker.ts';
import { openDataDir, writePrivateFile } from './dataDir.ts';
import { ensureFirstAdmin } from './firstAdmin.ts';
import { claimPort, freePort } from './freePort.ts';
import { LaunchError } from './launchError.ts';
import { migrate } from './migrations.ts';
import { preparePlatform } from './platform.ts';
import { startPostgres } from './postgres.ts';
import { lockDataDir } from './runLock.ts';
import { loadSecrets } from './secrets.ts';
import { note, step } from './steps.ts';
import { serveSupabaseApi } from './supabaseApi.ts';

/** What `local.json` tells scripts and tests while the stack runs. */
export interface LocalInfo {
  url: string;
  /** Null with a Supabase project of one's own: its accounts are its own. */
  admin: Account | null;
  supabase: { url: string; publishable_key: string; secret_key: string };
  database_url: string | null;
  cron_secret: string;
}

export interface StackOptions {
  mode: 'start' | 'dev';
  dataDir: string;
  env: NodeJS.ProcessEnv;
  /** Abandons the start between two steps. */
  signal: AbortSignal;
}

export interface RunningStack {
  info: LocalInfo;
  /** Rejects, with what to tell, when a part has died for good. */
  failed: Promise<never>;
  stop(): Promise<void>;
  kill(): void;
}

/** Supabase and the database, ours or somebody else's. */
type Backend = Pick<LocalInfo, 'admin' | 'supabase' | 'database_url' | 'cron_secret'>;
type Cleanup = () => void | Promise<void>;

/** The local parts, in the order in which they need each other. */
async function startBackend(
  dataDir: string,
  cleanups: Cleanup[],
  fail: (error: LaunchError) => void,
): Promise<Backend> {
  const secrets = await loadSecrets(dataDir);
  const password = secrets.databasePassword;
  let stopping = false;
  const server = await step('Démarrage de Postgres', 'Postgres prêt', () =>
    startPostgres({ dataDir, password }),
  );
  cleanups.push(() => {
    stopping = true;
    return server.stop();
  });
  server.exited.then(() => {
    if (!stopping)
      fail(new LaunchError('Postgres s’est arrêté : tout s’arrête, relancez ; son journal dit pourquoi.'));
  });

  const url = server.url('postgres');
  const applied = (count: number) =>
    count === 0 ? 'Schéma à jour' : `Schéma à jour, ${count} migrations appliquées`;
  await step('Mise à jour du schéma', applied, async () => {
    await preparePlatform(server, 'postgres', password);
    return migrate(server.url('postgres', 'postgres'));
  });
  const admin = await step('Premier administrateur', 'Administrateur prêt', () =>
    ensureFirstAdmin(dataDir, url, secrets),
  );
  const api = await step('Démarrage de l’API Supabase', 'API Supabase prête', () =>
    serveSupabaseApi(url, secrets),
  );
  cleanups.push(api.stop);
  return {
    admin,
    supabase: { url: api.url, publishable_key: api.publishableKey, secret_key: api.secretKey },
    database_url: url,
    cron_secret: secrets.cronSecret,
  };
}

/** The project named by the environment; null when none is, a sentence when only half of it is. */
function hostedBackend(env: NodeJS.ProcessEnv): Backend | null {
  const { SUPABASE_URL: url, SUPABASE_PUBLISHABLE_KEY: publishable, SUPABASE_SECRET_KEY: secret } = env;
  if (!url && !publishable && !secret) return null;
  if (!url || !publishable || !secret) {
    throw new LaunchError(
      'Il faut SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY et SUPABASE_SECRET_KEY ensemble, ou aucune des trois pour la pile locale.',
    );
  }
  return {
    admin: null,
    supabase: { url, publishable_key: publishable, secret_key: secret },
    database_url: null,
    cron_secret: env.CRON_SECRET || randomBytes(32).toString('hex'),
  };
}

async function choosePort(wanted: string | undefined): Promise<number> {
  if (!wanted) return freePort(3000);
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new LaunchError(`PORT vaut « ${wanted} » : donnez un nombre de 1 à 65535.`);
  }
  try {
    return await claimPort(port);
  } catch (cause) {
    const refused = (cause as NodeJS.ErrnoException).code === 'EACCES';
    const sentence = refused
      ? `Le port ${port} est réservé à l’administrateur du système : choisissez-en un au-dessus de 1023 avec PORT.`
      : `Le port ${port} est déjà pris : arrêtez le programme qui l’occupe, ou choisissez-en un autre avec PORT.`;
    throw new LaunchError(sentence, { cause });
  }
}

function appEnv(backend: Backend, env: NodeJS.ProcessEnv): Record<string, string> {
  const local = backend.database_url && {
    // The receivers of a local stack are on this machine.
    WEBHOOKS_ALLOW_NETWORKS: env.WEBHOOKS_ALLOW_NETWORKS ?? '127.0.0.0/8,::1/128',
    WEBHOOKS_ALLOW_HTTP: env.WEBHOOKS_ALLOW_HTTP ?? 'true',
  };
  return {
    ...local,
    SUPABASE_URL: backend.supabase.url,
    SUPABASE_PUBLISHABLE_KEY: backend.supabase.publishable_key,
    SUPABASE_SECRET_KEY: backend.supabase.secret_key,
    CRON_SECRET: backend.cron_secret,
  };
}

async function startConsole(
  { mode, dataDir, env, signal }: StackOptions,
  backend: Backend,
  port: number,
): Promise<AppProcess> {
  if (mode === 'start' && !buildIsFresh()) {
    await step('Compilation de l’application (une minute environ)', 'Application compilée', () =>
      buildApp(dataDir, signal),
    );
  }
  signal.throwIfAborted();
  const onRestart = (message: string) => {
    note(dataDir, message);
    console.log(`! ${message}`);
  };
  const app = startApp({ mode, port, dataDir, env: appEnv(backend, env), onRestart });
  try {
    await step('Démarrage de l’application', 'Application prête', () => waitUntilHealthy(app, 120_000));
    return app;
  } catch (error) {
    await app.stop();
    throw error;
  }
}

/** Starts everything and returns once the app answers; on failure nothing is left running. */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const { dataDir, env, signal } = options;
  openDataDir(dataDir);
  const cleanups: Cleanup[] = [];
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  };
  let fail: (error: LaunchError) => void = () => {};
  const died = new Promise<never>((_, reject) => {
    fail = reject;
  });
  died.catch(() => {});
  try {
    cleanups.push(lockDataDir(dataDir));
    const file = path.join(dataDir, 'local.json');
    rmSync(file, { force: true });
    const port = await choosePort(env.PORT);
    const backend = hostedBackend(env) ?? (await startBackend(dataDir, cleanups, fail));
    signal.throwIfAborted();
    const app = await Promise.race([startConsole(options, backend, port), died]);
    cleanups.push(app.stop);
    cleanups.push(
      startCronTicker({
        url: app.url,
        cronSecret: backend.cron_secret,
        onError: (message) => note(dataDir, message),
      }),
    );
    const info: LocalInfo = { url: app.url, ...backend };
    writePrivateFile(file, `${JSON.stringify(info, null, 2)}\n`);
    cleanups.push(() => rmSync(file, { force: true }));
    return { info, failed: Promise.race([died, app.failed]), stop, kill: app.kill };
  } catch (error) {
    await stop();
    throw error;
  }
}
