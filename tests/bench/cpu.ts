import { readFileSync } from 'node:fs';
import { type Process, processes } from '../support/processes.ts';

const ticksPerSecond = 100; // USER_HZ, the same on every Linux that Node supports

/**
 * CPU seconds that a process has used, and its ended children where they are asked for. Linux only; 0 elsewhere.
 */
function cpuSeconds(pid: number, withEnded = false): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const ticks = fields.slice(11, withEnded ? 15 : 13).map(Number);
    return ticks.reduce((sum, value) => sum + value, 0) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/** This process's tree. */
function ownProcesses(all: Process[]): Process[] {
  const inTree = (pid: number): boolean => {
    const parent = all.find((process_) => process_.pid === pid)?.parent;
    return parent === process.pid || (parent !== undefined && parent > 1 && inTree(parent));
  };
  return all.filter(({ pid }) => inTree(pid));
}

const pidsOf = (name: string, all: Process[]) =>
  all.filter((process_) => process_.name.startsWith(name)).map(({ pid }) => pid);

/** The processes of the app, each with a drain. */
export const appPids = () => pidsOf('next-server', ownProcesses(processes()));

/** CPU seconds by part of this process's tree: the app (with its sandboxes), Postgres (with connections that ended), and this process (Supabase Lite). */
export function cpuByPart(): { app: number; database: number; api: number } {
  const all = processes();
  const own = ownProcesses(all);
  const sum = (pids: number[], withEnded = false) =>
    pids.reduce((total, pid) => total + cpuSeconds(pid, withEnded), 0);
  const database = pidsOf('postgres', own);
  const app = pidsOf('next-server', own);
  const sandboxes = all.filter(({ parent }) => app.includes(parent)).map(({ pid }) => pid);
  return { app: sum([...app, ...sandboxes]), database: sum(database, true), api: cpuSeconds(process.pid) };
}
