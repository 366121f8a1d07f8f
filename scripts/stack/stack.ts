import { buildApp, buildIsFresh } from './app/appBuild.ts';
import { type AppProcess, requireOwnAnswer, startApp, waitUntilHealthy } from './app/appProcess.ts';
import { startCronTicker } from './app/cronTicker.ts';
import { type Backend, type Cleanup, hostedBackend, startLocalBackend } from './backend.ts';
import { checkHosted } from './hostedCheck.ts';
import { type LocalInfo, removeLocalInfo, writeLocalInfo } from './localInfo.ts';
import { openDataDir } from './machine/dataDir.ts';
import { choosePort, isFree, ownHost } from './machine/freePort.ts';
import { note, step, tellRestart } from './machine/steps.ts';
import { takeDataDir } from './postgres/restore.ts';

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

/** The variables of an app on this backend. */
export function appEnv(backend: Backend, env: NodeJS.ProcessEnv): Record<string, string> {
  const local = backend.database_url && {
    // The receivers of a local stack are on this machine.
    WEBHOOKS_ALLOW_NETWORKS: env.WEBHOOKS_ALLOW_NETWORKS ?? '127.0.0.0/8,::1/128',
    WEBHOOKS_ALLOW_HTTP: env.WEBHOOKS_ALLOW_HTTP ?? 'true',
    // Supabase Lite has nobody to give mail to.
    WEBHOOKS_SENDS_MAIL: env.WEBHOOKS_SENDS_MAIL ?? 'false',
    // Its database is its own: it may tell of deliveries.
    WEBHOOKS_DATABASE_URL: env.WEBHOOKS_DATABASE_URL ?? backend.database_url,
    // The only app process on this database: started again, it takes its dead predecessor's leases back at once.
    WEBHOOKS_WORKER: env.WEBHOOKS_WORKER ?? 'local',
  };
  return {
    ...local,
    SUPABASE_URL: backend.supabase.url,
    SUPABASE_PUBLISHABLE_KEY: backend.supabase.publishable_key,
    SUPABASE_SECRET_KEY: backend.supabase.secret_key,
    ...(backend.jwt_secret ? { SUPABASE_JWT_SECRET: backend.jwt_secret } : {}),
    CRON_SECRET: backend.cron_secret,
  };
}

/** Ports that are tried, when somebody else takes each of them between the choice and the start. */
const mostPorts = 3;

async function startConsole(
  { mode, dataDir, env, signal }: StackOptions,
  backend: Backend,
): Promise<AppProcess> {
  if (mode === 'start' && !buildIsFresh()) {
    await step('Compilation de l’application (une minute environ)', 'Application compilée', () =>
      buildApp(dataDir, signal),
    );
  }
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    // Only now: whatever was free before a build of a minute may be taken since.
    const host = env.HOST || ownHost;
    const port = await choosePort(env.PORT, host);
    const app = startApp({
      mode,
      host,
      port,
      dataDir,
      // Who reads an alert of a local stack sits at this machine.
      env: {
        WEBHOOKS_CONSOLE_URL: env.WEBHOOKS_CONSOLE_URL ?? `http://${host}:${port}`,
        ...appEnv(backend, env),
      },
      onRestart: tellRestart(dataDir),
    });
    try {
      await step('Démarrage de l’application', 'Application prête', () => waitUntilHealthy(app, 120_000));
      return app;
    } catch (error) {
      await app.stop();
      // Somebody was quicker: another port will do, unless one was asked for.
      if (env.PORT || tries === mostPorts || (await isFree(port, host))) throw error;
    }
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
  let fail: (error: unknown) => void = () => {};
  const died = new Promise<never>((_, reject) => {
    fail = reject;
  });
  died.catch(() => {});
  try {
    cleanups.push(takeDataDir(dataDir));
    removeLocalInfo(dataDir);
    if (env.PORT) await choosePort(env.PORT, env.HOST || ownHost); // says so before the long steps when it is taken
    const hosted = hostedBackend(env);
    if (hosted)
      await step('Vérification du projet Supabase', 'Projet Supabase vérifié', () => checkHosted(hosted));
    const backend = hosted ?? (await startLocalBackend(dataDir, cleanups, fail));
    signal.throwIfAborted();
    const app = await Promise.race([startConsole(options, backend), died]);
    const route = {
      url: app.url,
      cronSecret: backend.cron_secret,
      requireOwnAnswer: () => requireOwnAnswer(app),
    };
    const onError = (message: string) => note(dataDir, message);
    const stopTicker = startCronTicker({ ...route, onError });
    // The ticker's call stays open while the app ends: it answers when all that was under way is written.
    cleanups.push(() => Promise.all([stopTicker(), app.stop()]));
    const info: LocalInfo = { url: app.url, ...backend };
    writeLocalInfo(dataDir, info);
    cleanups.push(() => removeLocalInfo(dataDir));
    return { info, failed: Promise.race([died, app.failed]), stop, kill: app.kill };
  } catch (error) {
    await stop();
    throw error;
  }
}
