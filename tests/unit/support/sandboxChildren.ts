import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Process ids of this process's transform children that are alive at this moment; not of the one that prepares their code. */
export function sandboxChildren(): number[] {
  return processes()
    .filter(
      ({ parent, command }) =>
        parent === process.pid && /sandbox[\\/]child[\\/]main/.test(command) && !command.includes('--eval'),
    )
    .map(({ pid }) => pid);
}

/** False once the process has ended, whether or not anybody has reaped it. */
export function isRunning(pid: number): boolean {
  return processes().some((candidate) => candidate.pid === pid);
}

function processes(): { pid: number; parent: number; command: string }[] {
  if (process.platform === 'linux')
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap(fromProc);
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [pid, parent, ...command] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), command: command.join(' ') };
  });
}

function fromProc(pid: string) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z') return [];
    return [
      { pid: Number(pid), parent: Number(parent), command: readFileSync(`/proc/${pid}/cmdline`, 'latin1') },
    ];
  } catch {
    return []; // gone between the two looks
  }
}
