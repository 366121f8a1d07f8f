import { execFile, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { promisify } from 'node:util';
import { logger } from '../telemetry/logger';
import { networkOf, procField, threadsOf } from './procfs';

/*
 * What the parent does to shut a child in, with what the system brings along: util-linux on Linux, nothing elsewhere.
 * The child's own half is in child/walls.ts; docs/security.md says which wall holds where.
 */

const run = promisify(execFile);
const toolMs = 5000;
const noPrivileges = ['setpriv', '--no-new-privs', '--'];
/** A network without an interface, and no shared memory of others. Who is not root needs a user namespace for it. */
const noNetwork = (isRoot: boolean) => ['unshare', ...(isRoot ? [] : ['--user']), '--net', '--ipc', '--'];
/** Numbers that no distribution gives to anybody; the second range is for containers that know only 65,536 of them. */
const users = [
  { first: 0x70000000, last: 0x7ffffffe },
  { first: 60_706, last: 61_183 },
];
/** isolated-vm's clocks are threads that come and go. */
const spareThreads = 32;
/** The bits of CAP_SETGID and CAP_SETUID. */
const changeUser = 0b1100_0000n;

let isRootCached: boolean | undefined;
function isRoot(): boolean {
  isRootCached ??= process.geteuid?.() === 0;
  return isRootCached;
}

let wrapper: string[] | undefined;

/**
 * The words before a command with which it runs without new privileges and without a network, in the same process;
 * none where the system has no such tools or forbids them. The first call tries them out, which takes some 10 ms.
 * @throws Error when the system refuses a process at the moment, and nothing is known therefore
 */
export function wallWords(): string[] {
  if (process.platform !== 'linux') return [];
  if (wrapper) return wrapper;
  const both = [...noNetwork(isRoot()), ...noPrivileges];
  wrapper = works(both) ? both : [noNetwork(isRoot()), noPrivileges].filter(works).flat();
  return wrapper;
}

function works([tool = '', ...flags]: string[]): boolean {
  const options = { env: {} as NodeJS.ProcessEnv, stdio: 'ignore', timeout: toolMs } as const;
  const { error, status } = spawnSync(/* turbopackIgnore: true */ tool, [...flags, 'true'], options);
  if (error && !isAbsence(error)) throw error;
  return status === 0;
}

/** Not there, or not allowed: as good as known. Anything else is a lack that passes. */
function isAbsence(error: NodeJS.ErrnoException): boolean {
  return error.code === 'ENOENT' || error.code === 'EACCES' || error.code === 'EPERM';
}

/**
 * A user and group of the child's own, which nobody else has, not even another child; undefined where this process may
 * not change to one.
 */
export function freshUser(): number | undefined {
  if (!isRoot()) return undefined;
  if (process.platform !== 'linux') return randomUser(users[0]);
  const capabilities = BigInt(`0x${procField('self', 'status', 'CapEff:') || '0'}`);
  const [first, , count] = procField('self', 'uid_map', '').split(/\s+/).map(Number);
  if ((capabilities & changeUser) !== changeUser || first !== 0 || count === undefined) return undefined;
  return randomUser(users.find(({ last }) => last < count));
}

function randomUser(range: { first: number; last: number } | undefined): number | undefined {
  return range && randomInt(range.first, range.last + 1);
}

/**
 * Takes from a child that has all it needs what it could still get: another descriptor, and so any file, socket or
 * pipe; a file's growth, a core dump, and, when it has a user of its own, processes. Does nothing where the system has
 * no such tool.
 * @throws Error when the system refuses a process at the moment
 */
export async function shutIn(pid: number | undefined, hasOwnUser: boolean): Promise<void> {
  if (process.platform !== 'linux' || pid === undefined) return;
  const limits = { nofile: 0, fsize: 0, core: 0, msgqueue: 0 };
  const processes = hasOwnUser ? { nproc: threadsOf(pid).length + spareThreads } : {};
  const flags = Object.entries({ ...limits, ...processes }).map(
    ([name, most]) => `--${name}=${most}:${most}`,
  );
  try {
    await run('prlimit', [`--pid=${pid}`, ...flags], { env: {} as NodeJS.ProcessEnv, timeout: toolMs });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A number is the tool's own verdict.
    if (typeof code !== 'number' && !isAbsence(error as NodeJS.ErrnoException)) throw error;
  }
}

/** The walls around a child, as docs/security.md names them. */
export type Wall = 'permissions' | 'user' | 'privileges' | 'network' | 'descriptors';

/** Which walls stand around a child that is ready, as seen from outside; `permissions` it has to tell itself. */
export function wallsAround(pid: number | undefined, hasPermissions: boolean): Record<Wall, boolean> {
  const user = (whose: number | 'self' | undefined) => procField(whose, 'status', 'Uid:').split('\t')[0];
  const network = networkOf(pid);
  return {
    permissions: hasPermissions,
    user: user(pid) !== user('self') && procField(pid, 'status', 'Groups:') === '',
    privileges: procField(pid, 'status', 'NoNewPrivs:') === '1',
    network: network !== '' && network !== networkOf('self'),
    descriptors: /^0\s+0\b/.test(procField(pid, 'limits', 'Max open files')),
  };
}

let isSaid = false;

/** Says once which walls a child has and which it has not. */
export function sayWalls(pid: number | undefined, hasPermissions: boolean): void {
  if (isSaid) return;
  isSaid = true;
  const walls = Object.entries(wallsAround(pid, hasPermissions));
  const named = (stands: boolean) => walls.filter(([, there]) => there === stands).map(([wall]) => wall);
  const fields = { walls: named(true), missing: named(false) };
  if (fields.missing.length === 0) logger().info(fields, 'all walls of the transform sandbox stand');
  else
    logger().warn(fields, 'walls of the transform sandbox are missing on this system: see docs/security.md');
}
