import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

function fromProc(pid: number, file: 'cmdline' | 'stat'): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null;
  }
}

function fromPs(pid: number, column: 'command' | 'lstart'): string | null {
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    return (
      execFileSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8', env }).trim() || null
    );
  } catch {
    return null;
  }
}

/** Whether the id is a process's, even somebody else's; a zombie has one until it is waited for. */
export function hasId(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** True while a process with this id runs, even when it belongs to somebody else; a zombie is dead. */
export const isAlive = (pid: number): boolean => hasId(pid) && !/\) [ZX] /.test(fromProc(pid, 'stat') ?? '');

/** The command line of a process, arguments separated by spaces; null when it cannot be known. */
export function commandLine(pid: number): string | null {
  return fromProc(pid, 'cmdline')?.replaceAll('\0', ' ').trim() || fromPs(pid, 'command');
}

/** Whether a process works in this very folder, by whatever path; null where the system does not tell. */
export function worksIn(pid: number, folder: string): boolean | null {
  try {
    const [its, ours] = [`/proc/${pid}/cwd`, folder].map((file) => statSync(file, { bigint: true }));
    return its?.dev === ours?.dev && its?.ino === ours?.ino;
  } catch {
    return null;
  }
}

/** When a process began, in a form that only serves to tell it from a later one with the same id. */
export function birthmark(pid: number): string | null {
  const stat = fromProc(pid, 'stat');
  // Field 22 is the start time; fields are counted after the name, which may itself hold spaces.
  if (stat) return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  return fromPs(pid, 'lstart');
}

/** Waits until a process is gone; false when it is still there after `timeoutMs`. */
async function waitForExit(pid: number, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(25);
  }
  return true;
}

/** Sends the first signal, and the next one each time the process outlives `timeoutMs`. */
export async function stopProcess(pid: number, signals: NodeJS.Signals[], timeoutMs: number): Promise<void> {
  for (const signal of signals) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    if (await waitForExit(pid, timeoutMs)) return;
  }
}
