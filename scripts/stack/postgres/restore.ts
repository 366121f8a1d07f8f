import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { keptFiles, readIfPresent, writePrivateFile } from '../machine/dataDir.ts';
import { lockFolder } from '../machine/runLock.ts';
import { preparePostgresHome } from './postgresHome.ts';

/** Noted in the data folder while a restored state takes the place of the present one: where that one is kept. */
const noteOf = (dataDir: string) => path.join(dataDir, 'restore.json');

/** Where a backup is unpacked, below the database's own folder. */
export const draftIn = (folder: string) => path.join(folder, 'restoring');

/** A copy of a secret file, of our own, for copying a file's bytes copies whose it is. */
function copyPrivateFile(from: string, to: string): void {
  const content = readIfPresent(from);
  if (content !== null) writePrivateFile(to, content);
}

/**
 * The steps of the replacement: each may be cut off, and all done again from the first.
 * @param folder the database's own
 * @param kept where the present state goes, on the same disk as the folder
 */
export function replacementSteps(dataDir: string, folder: string, kept: string): (() => void)[] {
  const draft = draftIn(folder);
  const data = path.join(folder, 'data');
  const waits = () => existsSync(path.join(draft, 'data'));
  return [
    () => mkdirSync(kept, { recursive: true, mode: 0o700 }),
    ...keptFiles.map((name) => () => {
      if (waits()) copyPrivateFile(path.join(dataDir, name), path.join(kept, name));
    }),
    () => {
      if (waits() && existsSync(data)) renameSync(data, path.join(kept, 'data'));
    },
    () => {
      if (waits()) renameSync(path.join(draft, 'data'), data);
    },
    ...keptFiles.map((name) => () => copyPrivateFile(path.join(draft, name), path.join(dataDir, name))),
    () => rmSync(noteOf(dataDir)),
    () => rmSync(draft, { recursive: true, force: true }),
    // There was nothing to keep.
    () => void (readdirSync(kept).length === 0 && rmdirSync(kept)),
  ];
}

/** Puts what was restored in the place of what is there, which is kept aside. Cut off, the next start goes on with it. */
export function replace(dataDir: string, folder: string, kept: string): void {
  writePrivateFile(noteOf(dataDir), `${kept}\n`);
  for (const step of replacementSteps(dataDir, folder, kept)) step();
}

/** Ends a replacement that was cut off. */
function finishReplacement(dataDir: string): void {
  const kept = readIfPresent(noteOf(dataDir))?.trim();
  if (!kept) return;
  const { folder } = preparePostgresHome(dataDir);
  const unlock = lockFolder(folder);
  try {
    for (const step of replacementSteps(dataDir, folder, kept)) step();
  } finally {
    unlock();
  }
}

/**
 * Takes a data folder for this process, as whoever had it before left it or meant to. Returns what gives it back.
 * @throws LaunchError while another process has it
 */
export function takeDataDir(dataDir: string): () => void {
  const unlock = lockFolder(dataDir);
  try {
    finishReplacement(dataDir);
    return unlock;
  } catch (error) {
    unlock();
    throw error;
  }
}
