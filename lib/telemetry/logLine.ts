import { writeSync } from 'node:fs';

/** Milliseconds that a full pipe may hold up the exit of the process. */
const exitPatience = 1000;

let waiting = '';
let atExit = false;

/**
 * Writes one line of JSON to standard output. Lines of one turn of the event loop go out in one write; what waits
 * when the process exits is written then.
 */
export function writeLogLine(line: object): void {
  if (waiting === '') setImmediate(flush);
  waiting += `${JSON.stringify(line)}\n`;
  if (atExit) return;
  atExit = true;
  process.once('exit', flushNow);
}

function flush(): void {
  if (waiting !== '') process.stdout.write(waiting);
  waiting = '';
}

/** process.stdout forgets at exit what does not fit into the pipe at once. */
function flushNow(): void {
  const deadline = Date.now() + exitPatience;
  let rest = Buffer.from(waiting);
  while (rest.length > 0 && Date.now() < deadline) {
    try {
      rest = rest.subarray(writeSync(1, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
    }
  }
}
