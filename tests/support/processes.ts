import { readdirSync, readFileSync } from 'node:fs';

/** `name`: as the kernel cuts it, 15 characters. `command`: the whole line. */
export type Process = { pid: number; parent: number; name: string; command: string };

/** Every process of this machine, read from /proc. */
export function processes(): Process[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
        const [, name = '', rest = ''] = /\((.*)\) (.*)/s.exec(stat) ?? [];
        const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return [{ pid: Number(entry), parent: Number(rest.split(' ')[1]), name, command }];
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
