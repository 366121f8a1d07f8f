import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalInfo, runningStack } from '../../scripts/stack/localInfo.ts';
import { projectRoot, readIfPresent } from '../../scripts/stack/machine/dataDir.ts';
import { childrenOf } from '../chaos/processTree.ts';

/** A program of `npm run`, as npm starts it, on a data folder; `variables` are set for it. */
function startProgram(dataDir: string, name: string, args: string[], variables: Record<string, string> = {}) {
  const env: NodeJS.ProcessEnv = { ...process.env, DEVLINK_DATA_DIR: dataDir };
  for (const set of ['SUPABASE_URL', 'PORT', 'INIT_CWD', 'NODE_ENV']) Reflect.deleteProperty(env, set);
  Object.assign(env, variables);
  const child = spawn(process.execPath, ['scripts/launch.mjs', name, ...args], {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const output of [child.stdout, child.stderr])
    output.on('data', (chunk) => {
      printed += chunk;
    });
  const exited = once(child, 'close').then(([code]) => code as number | null);
  return { child, exited, printed: () => printed };
}

/** Runs a program to its end. */
export async function runProgramOf(dataDir: string, name: string, ...args: string[]) {
  const { exited, printed } = startProgram(dataDir, name, args);
  return { code: await exited, printed: printed() };
}

/** What `npm start` has started. */
export interface Launched {
  printed(): string;
  /** Resolves when the product answers. @throws Error with what was printed, when it ended before */
  ready(): Promise<LocalInfo>;
  /** As Ctrl-C. Resolves with the exit code. */
  stop(): Promise<number | null>;
  /** kill -9 of the launcher, of what it started, and of Postgres: as when the machine goes out. */
  kill(): Promise<void>;
}

/** Starts the product with `npm start`'s own program; `variables` are set for it. */
export function launchProduct(dataDir: string, variables: Record<string, string> = {}): Launched {
  const { child, exited, printed } = startProgram(dataDir, 'start', [], variables);
  let over = false;
  void exited.then(() => {
    over = true;
  });
  return {
    printed,
    ready: async () => {
      for (;;) {
        const info = runningStack(dataDir);
        if (info && printed().includes('Ctrl-C')) return info;
        if (over) throw new Error(`npm start has ended:\n${printed()}`);
        await sleep(50);
      }
    },
    stop: async () => {
      child.kill('SIGTERM');
      return exited;
    },
    kill: async () => {
      const pid = child.pid ?? 0;
      const launched = childrenOf(pid);
      const parts = launched.flatMap((stack) => childrenOf(stack));
      for (const one of [pid, ...launched, ...parts]) {
        try {
          process.kill(one, 'SIGKILL');
        } catch {
          // It has ended with the one before.
        }
      }
      await exited;
    },
  };
}

/** The address of a database on the server of a data folder, whoever runs it; null while none does. */
export function serverAddress(dataDir: string, database: string): string | null {
  const port = readIfPresent(path.join(dataDir, 'postgres/data/postmaster.pid'))?.split('\n')[3];
  const secrets = readIfPresent(path.join(dataDir, 'secrets.json'));
  if (!port || !secrets) return null;
  return `postgres://supabase_admin:${JSON.parse(secrets).databasePassword}@127.0.0.1:${port}/${database}`;
}
