import { linkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readIfPresent } from './dataDir.ts';
import { LaunchError } from './launchError.ts';
import { birthmark, isAlive } from './processes.ts';

interface Holder {
  pid: number;
  /** A process id is soon given to another program, so the time it began must match too. */
  birthmark: string | null;
  /** Which folder is held: a copy of it, with a copy of the lock, is another one. Until 0.3.0 a lock did not say. */
  folder?: string;
}

/** What tells a folder from its copies, and stays when it is moved. */
export function identityOf(folder: string): string {
  const { dev, ino } = statSync(folder, { bigint: true });
  return `${dev}:${ino}`;
}

function readHolder(file: string): Holder | null {
  try {
    return JSON.parse(readIfPresent(file) ?? 'null') as Holder | null;
  } catch {
    return null;
  }
}

const holds = (holder: Holder | null, folder: string): holder is Holder =>
  holder !== null &&
  (holder.folder ?? identityOf(folder)) === identityOf(folder) &&
  isAlive(holder.pid) &&
  birthmark(holder.pid) === holder.birthmark;

const lockOf = (folder: string) => path.join(folder, 'run.lock');

/** The process that runs on a folder; null when none does. */
export function holderOf(folder: string): number | null {
  const holder = readHolder(lockOf(folder));
  return holds(holder, folder) ? holder.pid : null;
}

/**
 * Keeps a second run off a folder: a data folder, or a database's own. What a dead run left, or a copy brought along, is
 * cleared away. Returns what gives the folder back.
 * @throws LaunchError while another process holds it
 */
export function lockFolder(folder: string): () => void {
  const file = lockOf(folder);
  const draft = `${file}.${process.pid}`;
  const mine: Holder = {
    pid: process.pid,
    birthmark: birthmark(process.pid),
    folder: identityOf(folder),
  };
  writeFileSync(draft, JSON.stringify(mine));
  try {
    // A link is there whole or not at all: nobody ever reads half of a lock and takes it for nobody's.
    while (!tryLink(draft, file)) clear(file, draft, folder);
  } finally {
    rmSync(draft, { force: true });
  }
  return () => rmSync(file, { force: true });
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Takes away a lock that nobody holds. One at a time: of two runs that find the same old lock, one would else take away
 * what the other has set meanwhile.
 * @throws LaunchError when somebody holds it
 */
function clear(file: string, draft: string, folder: string): void {
  refuse(readHolder(file), folder);
  const turn = `${file}.turn`;
  if (tryLink(draft, turn)) {
    try {
      if (!holds(readHolder(file), folder)) rmSync(file, { force: true });
    } finally {
      rmSync(turn, { force: true });
    }
    return;
  }
  const other = readHolder(turn);
  // Killed in the middle of the three lines above.
  if (other && !holds(other, folder)) rmSync(turn, { force: true });
}

function refuse(holder: Holder | null, folder: string): void {
  if (holds(holder, folder))
    throw new LaunchError(
      `Le dossier ${folder} est déjà utilisé (processus ${holder.pid}) : arrêtez cette exécution, ou choisissez un autre dossier avec DEVLINK_DATA_DIR.`,
    );
}
