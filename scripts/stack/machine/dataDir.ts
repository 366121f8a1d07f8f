import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { LaunchError } from './launchError.ts';

export const projectRoot = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** Of this product, as package.json has it. */
export const productVersion = (): string =>
  (JSON.parse(readFileSync(path.join(projectRoot, 'package.json'), 'utf8')) as { version: string }).version;

/** Where the local stack keeps everything: `.data` in the project, or `DEVLINK_DATA_DIR`. */
export function dataDirFrom(env: NodeJS.ProcessEnv): string {
  return path.resolve(projectRoot, env.DEVLINK_DATA_DIR || '.data');
}

/** What a data folder has beside its database and cannot be made again; all the rest in it belongs to one run. */
export const keptFiles = ['secrets.json', 'admin.json'] as const;

/** Makes the folder when it is missing; says what to do when it cannot be written. */
export function openDataDir(dir: string): string {
  try {
    // Readable by others: the postgres user of a run as root passes through it. Secrets are 0600, each file.
    if (!existsSync(dir)) {
      mkdirSync(dir, { recursive: true });
      chmodSync(dir, 0o755);
    }
    mkdirSync(path.join(dir, 'logs'), { recursive: true, mode: 0o700 });
    accessSync(dir, constants.W_OK);
    accessSync(path.join(dir, 'logs'), constants.W_OK);
  } catch (cause) {
    const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
    const advice = full
      ? 'Le disque est plein : libérez de la place puis relancez.'
      : `Le dossier de données ${dir} n’est pas accessible en écriture : rendez-le vôtre, ou choisissez-en un autre avec DEVLINK_DATA_DIR.`;
    throw new LaunchError(advice, { cause });
  }
  return dir;
}

export function logFile(dir: string, name: 'launcher' | 'postgres' | 'supabase' | 'app' | 'build'): string {
  return path.join(dir, 'logs', `${name}.log`);
}

/** Writes a file that only its owner may read; it is there whole or not at all, even when the disk is full. */
export function writePrivateFile(file: string, text: string): void {
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, file);
}

export function readIfPresent(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
