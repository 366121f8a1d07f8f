import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { LaunchError } from './launchError.ts';
import { birthmark, isAlive } from './processes.ts';

interface Holder {
  pid: number;
  birthmark: string | null;
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

/** A process id is soon given to another program, so the time it began must match too. */
function isRunning({ pid, birthmark: mark }: Holder): boolean {
  return pid !== process.pid && isAlive(pid) && birthmark(pid) === mark;
}

/** Keeps a second run off the same data folder. Returns what gives the folder back. */
export function lockDataDir(dataDir: string): () => void {
  const file = path.join(dataDir, 'run.lock');
  const mine = JSON.stringify({ pid: process.pid, birthmark: birthmark(process.pid) });
  for (;;) {
    try {
      writeFileSync(file, mine, { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readHolder(file);
    if (holder && isRunning(holder)) {
      throw new LaunchError(
        `Ce dossier de données est déjà utilisé (processus ${holder.pid}) : arrêtez cette exécution, ou choisissez un autre dossier avec DEVLINK_DATA_DIR.`,
      );
    }
    rmSync(file, { force: true });
  }
}
