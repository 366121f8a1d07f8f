import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/*
 * What Linux tells of a process in /proc. Other systems tell nothing of the kind, and each of these says how that looks.
 */

const pageBytes = 4096;

function read(pid: Pid, file: string): string {
  return readFileSync(/* turbopackIgnore: true */ `/proc/${pid}/${file}`, 'latin1');
}

type Pid = number | 'self' | undefined;

/** 0 where the system does not tell. */
export function residentBytes(pid: Pid): number {
  try {
    const [, pages] = read(pid, 'statm').split(' ');
    return Number(pages) * pageBytes;
  } catch {
    return 0;
  }
}

/** A process's user and system time in milliseconds. NaN where the system does not tell. */
export function cpuMs(pid: Pid): number {
  try {
    const stat = read(pid, 'stat');
    // Behind the name, which may hold anything, come the third field and those after it; a tick is 10 ms.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}

/** Linux counts threads and gives each a niceness of its own. The process itself where the system does not tell. */
export function threadsOf(pid: number | undefined): number[] {
  if (pid === undefined) return [];
  try {
    return readdirSync(/* turbopackIgnore: true */ `/proc/${pid}/task`).map(Number);
  } catch {
    return [pid];
  }
}

/** A field of a process's `status` or `limits`: what follows its name on its line. '' where the system does not tell. */
export function procField(pid: Pid, file: 'status' | 'limits' | 'uid_map', name: string): string {
  try {
    const line = read(pid, file)
      .split('\n')
      .find((text) => text.startsWith(name));
    return line?.slice(name.length).trim() ?? '';
  } catch {
    return '';
  }
}

/** Which network a process is in. '' where the system does not tell. */
export function networkOf(pid: Pid): string {
  try {
    return readlinkSync(/* turbopackIgnore: true */ `/proc/${pid}/ns/net`);
  } catch {
    return '';
  }
}
