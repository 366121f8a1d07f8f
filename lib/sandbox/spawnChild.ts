import { type ChildProcess, spawn } from 'node:child_process';
import { Writable } from 'node:stream';
import { loaderFlag, strippedCode } from './childCode';
import { freshUser, wallWords } from './walls';

/** Node's permission model. What a child may still do while it loads itself, it drops before it takes a script. */
export const permissionFlags = ['--permission', '--allow-addons', '--allow-fs-read=*', '--allow-fs-write=*'];

const nodeFlags = [
  // isolated-vm asks for it.
  '--no-node-snapshot',
  // With marking in steps, contexts that were left stayed in memory: an isolate filled up to its limit with them and was
  // collected as a whole again and again, more than half of what its runs cost.
  '--no-incremental-marking',
  // Without these checks V8 13.6 hands its internal hole to scripts (CVE-2025-6554), and its optimising compilers are
  // where most others of that kind were; a payload takes a twentieth longer.
  '--no-ignition-elide-redundant-tdz-checks',
  '--no-opt',
  '--no-maglev',
  // SIGUSR1 would open a debugger's port.
  '--disable-sigusr1',
  ...permissionFlags,
  '--disable-warning=SecurityWarning',
  '--disable-warning=ExperimentalWarning',
];

/**
 * Starts a child, which has its code and perhaps a user to become, and nothing of the environment.
 * @param file the child's first one
 * @throws Error when the system refuses a process at once; where it tells later, the child has an 'error'
 */
export function spawnChild(file: string): { child: ChildProcess; hasOwnUser: boolean } {
  const code = strippedCode();
  const user = freshUser();
  const flags = code ? [...nodeFlags, loaderFlag] : nodeFlags;
  const parameters = user === undefined ? [] : [String(user)];
  const [command = '', ...words] = [...wallWords(), process.execPath, ...flags, file, ...parameters];
  const child = spawn(/* turbopackIgnore: true */ command, words, {
    env: {} as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe', code ? 'pipe' : 'ignore'],
    windowsHide: true,
  });
  hand(child, code);
  return { child, hasOwnUser: user !== undefined };
}

/** Gives the child its code, when there is some, on the descriptor that it reads first. */
function hand(child: ChildProcess, code: string | undefined): void {
  const pipe = child.stdio?.[3];
  if (code === undefined || !(pipe instanceof Writable)) return;
  pipe.on('error', () => {}); // EPIPE of a dead child: 'close' follows and tells
  pipe.end(code);
}
