import { readdirSync, readFileSync } from 'node:fs';

type Process = { pid: number; parent: number; command: string };

/** Every process of this machine, read from /proc. */
function processes(): Process[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return [{ pid: Number(entry), parent, command }];
      } catch {
        return []; // ended meanwhile
      }
    });
}

/** The processes that one process started itself, whose command line fits. */
export function childrenOf(pid: number, command = /^/): number[] {
  return processes()
    .filter((candidate) => candidate.parent === pid && command.test(candidate.command))
    .map((child) => child.pid);
}
