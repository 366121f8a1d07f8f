let waiting = '';
let atExit = false;

/**
 * Writes one line of JSON to standard output. Lines of one turn of the event loop go out in one write, which
 * blocks where standard output is a file or a pipe; what waits when the process exits is written then.
 */
export function writeLogLine(line: object): void {
  if (waiting === '') setImmediate(flush);
  waiting += `${JSON.stringify(line)}\n`;
  if (atExit) return;
  atExit = true;
  process.once('exit', flush);
}

function flush(): void {
  if (waiting === '') return;
  process.stdout.write(waiting);
  waiting = '';
}
