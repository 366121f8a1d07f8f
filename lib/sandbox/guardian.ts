import { type ChildProcess, spawn } from 'node:child_process';

/*
 * A script that hangs its child must not outlive this process when it is itself killed: nobody would be there to stop it.
 * A shell waits for the end of what this process tells it, and then kills the children of the last line. It costs one
 * process for all of them; a thread in each child, which looked after its parent, cost 50 ms of processor at every start.
 * Windows ends children with their parent by itself.
 */
const watch = `trap '' INT TERM HUP; children=; while read -r line; do children=$line; done; kill -9 $children`;
const guarded = new Set<number>();
let guardian: ChildProcess | undefined;

/** Has a child killed when this process ends in whatever way, until it is `unguard`ed. */
export function guard(pid: number | undefined): void {
  if (pid === undefined || process.platform === 'win32') return;
  guarded.add(pid);
  tell();
}

/** To be called when a child has ended: its number may be another process's soon. */
export function unguard(pid: number | undefined): void {
  if (pid !== undefined && guarded.delete(pid)) tell();
}

function tell(): void {
  guardian ??= start();
  guardian?.stdin?.write(`${[...guarded].join(' ')}\n`);
}

function start(): ChildProcess | undefined {
  const environment = {} as NodeJS.ProcessEnv;
  try {
    const shell = spawn('sh', ['-c', watch], { env: environment, stdio: ['pipe', 'ignore', 'ignore'] });
    const forget = () => {
      if (guardian === shell) guardian = undefined;
    };
    // Without one, children end all the same unless they hang; the next change tries again.
    shell.on('error', forget);
    shell.once('exit', forget);
    shell.stdin?.on('error', () => {});
    shell.unref();
    if (shell.stdin && 'unref' in shell.stdin && typeof shell.stdin.unref === 'function') shell.stdin.unref();
    return shell;
  } catch {
    return undefined;
  }
}
