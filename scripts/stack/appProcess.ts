import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { nextEnv, nextProgram } from './appBuild.ts';
import { logFile, projectRoot } from './dataDir.ts';
import { LaunchError } from './launchError.ts';
import { stopProcess } from './processes.ts';
import { restartLimit } from './restartLimit.ts';
import { openLog, outputRead, type RotatingLog } from './rotatingLog.ts';

export interface AppProcess {
  url: string;
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
  port: number;
  env: Record<string, string>;
  dataDir: string;
  onRestart(message: string): void;
}

const preload = path.join(path.dirname(fileURLToPath(import.meta.url)), 'exitWithLauncher.ts');

function launch({ mode, port, env }: AppOptions, log: RotatingLog): ChildProcess {
  const output = mode === 'dev' ? 'inherit' : 'pipe';
  const args = ['--import', preload, nextProgram, mode, '--hostname', '127.0.0.1', '--port', String(port)];
  const child = spawn(process.execPath, args, {
    cwd: projectRoot,
    env: { ...nextEnv(), ...env },
    // A group of its own, so that Ctrl-C comes through the launcher, in order, and so that its children can be found.
    detached: true,
    stdio: ['pipe', output, output],
  });
  log.take(child.stdout, child.stderr);
  return child;
}

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
  let child: ChildProcess;
  let stopping = false;
  let give: (error: LaunchError) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    give = reject;
  });
  failed.catch(() => {});
  const mayRestart = restartLimit();

  const begin = () => {
    child = launch(options, log);
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
    url: `http://127.0.0.1:${options.port}`,
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

/**
 * Waits until the health route answers and the database does. A queue that nobody worked on is no reason to wait: the
 * cron that is to work on it is started after the app.
 */
export async function waitUntilHealthy(app: AppProcess, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let last = 'aucune réponse';
  const poll = async () => {
    while (Date.now() < deadline) {
      try {
        const response = await fetch(`${app.url}/api/health`, { signal: AbortSignal.timeout(10_000) });
        const text = await response.text();
        if (response.ok || /^\{"status":"stalled"/.test(text)) return;
        last = `réponse ${response.status} : ${text.slice(0, 500)}`;
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
