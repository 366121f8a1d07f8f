import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { isIPv6 } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { logFile, projectRoot } from '../machine/dataDir.ts';
import { ownHost } from '../machine/freePort.ts';
import { LaunchError } from '../machine/launchError.ts';
import { stopProcess } from '../machine/processes.ts';
import { restartLimit } from '../machine/restartLimit.ts';
import { openLog, outputRead, type RotatingLog } from '../machine/rotatingLog.ts';
import { nextEnv, nextProgram } from './appBuild.ts';

export interface AppProcess {
  url: string;
  /** Known to this app alone, which says it in each answer of its health route: who does not is another program. */
  nonce: string;
  /** Of the process that runs now; another one after a crash. */
  pid(): number | undefined;
  /** Rejects when the app has crashed too often to be started again; never resolves while it runs. */
  failed: Promise<never>;
  stop(): Promise<void>;
  /** Ends it at once, when the person will not wait. */
  kill(): void;
}

interface AppOptions {
  mode: 'start' | 'dev';
  /** The address at which it listens; only this machine reaches it where none is given. */
  host?: string;
  port: number;
  env: Record<string, string>;
  dataDir: string;
  onRestart(message: string): void;
}

const preload = path.join(path.dirname(fileURLToPath(import.meta.url)), 'exitWithLauncher.ts');

/** The header in which the app says its nonce. */
const nonceHeader = 'x-devlink-launch';

function launch(
  { mode, host = ownHost, port, env }: AppOptions,
  nonce: string,
  log: RotatingLog,
): ChildProcess {
  const output = mode === 'dev' ? 'inherit' : 'pipe';
  const args = ['--import', preload, nextProgram, mode, '--hostname', host, '--port', String(port)];
  const child = spawn(process.execPath, args, {
    cwd: projectRoot,
    env: { ...nextEnv(), ...env, DEVLINK_LAUNCH_NONCE: nonce },
    // A group of its own, so that Ctrl-C comes through the launcher, in order, and so that its children can be found.
    detached: true,
    stdio: ['pipe', output, output],
  });
  log.take(child.stdout, child.stderr);
  return child;
}

/** How this machine reaches what listens at a host: at every address means at its own, too. */
const nameOf = (host = ownHost) =>
  isIPv6(host) && host !== '::' ? `[${host}]` : host.replace(/^(::|0\.0\.0\.0)$/, ownHost);

/** What the app started and left behind: sandboxes of transforms, compilers. */
function killGroup(pid: number | undefined): void {
  if (!pid || process.platform === 'win32') return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}

/** Starts the app and starts it again when it crashes, three times within a minute at most. */
export function startApp(options: AppOptions): AppProcess {
  const log = openLog(options.dataDir, 'app');
  const nonce = randomUUID();
  let child: ChildProcess;
  let stopping = false;
  let give: (error: LaunchError) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    give = reject;
  });
  failed.catch(() => {});
  const mayRestart = restartLimit();

  const begin = () => {
    child = launch(options, nonce, log);
    const died = child;
    const { pid } = child;
    child.once('error', (cause) => give(new LaunchError('L’application n’a pas pu démarrer.', { cause })));
    child.once('exit', async (code, signal) => {
      killGroup(pid);
      await outputRead(died);
      if (stopping) return;
      const reason = signal ?? `code ${code}`;
      if (!mayRestart()) {
        const sentence = `L’application s’arrête aussitôt relancée (${reason}) : lisez ${logFile(options.dataDir, 'app')}.`;
        give(new LaunchError(sentence, { cause: log.tail() }));
        return;
      }
      options.onRestart(`L’application s’est arrêtée (${reason}) : elle est relancée.`);
      begin();
    });
  };
  begin();

  return {
    url: `http://${nameOf(options.host)}:${options.port}`,
    nonce,
    pid: () => child.pid,
    failed,
    kill: () => killGroup(child.pid),
    stop: async () => {
      stopping = true;
      if (child.pid && child.exitCode === null && child.signalCode === null) {
        await stopProcess(child.pid, ['SIGTERM', 'SIGKILL'], 20_000);
      }
      killGroup(child.pid);
      await outputRead(child);
      await log.close();
    },
  };
}

type Known = Pick<AppProcess, 'url' | 'nonce'>;

/** @throws Error when nobody answers, or another program than the app */
async function askHealth({ url, nonce }: Known): Promise<{ ok: boolean; status: number; text: string }> {
  const response = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  if (response.headers.get(nonceHeader) !== nonce)
    throw new Error(`un autre programme répond à l’adresse ${url}`);
  return { ok: response.ok, status: response.status, text };
}

/** Resolves when it is the app that answers at its address: nothing secret is sent there before. @throws Error otherwise */
export async function requireOwnAnswer(app: Known): Promise<void> {
  await askHealth(app);
}

/**
 * Waits until the health route answers and the database does. A queue that nobody worked on is no reason to wait: the
 * cron that is to work on it is started after the app.
 */
export async function waitUntilHealthy(
  app: Known & Pick<AppProcess, 'failed'>,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last = 'aucune réponse';
  const poll = async () => {
    while (Date.now() < deadline) {
      try {
        const { ok, status, text } = await askHealth(app);
        if (ok || /^\{"status":"stalled"/.test(text)) return;
        last = `réponse ${status} : ${text.slice(0, 500)}`;
      } catch (error) {
        last = String(error);
      }
      await sleep(100);
    }
    throw new LaunchError(
      `L’application ne devient pas prête : lisez les journaux (${last.slice(0, 200)}).`,
      { cause: last },
    );
  };
  await Promise.race([poll(), app.failed]);
}
