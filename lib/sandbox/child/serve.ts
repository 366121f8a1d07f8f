import { writeSync } from 'node:fs';
import { encodeFrame, type Frame, FrameReader } from '../frames.ts';
import { sandboxLimits } from '../limits.ts';
import { dropRights, equip } from './walls.ts';

const stdoutFd = 1;
const [user] = process.argv.slice(2).map(Number);

/** Writes at once, even when a script is about to hang this thread: stdout is a blocking descriptor. */
export function send(frame: Frame): void {
  const bytes = encodeFrame(frame, sandboxLimits.frameBytes);
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(stdoutFd, bytes, offset);
}

/**
 * Shuts this process in together with its parent, and then gives each request to `answer`: this one says 'loaded' when
 * it has what it needs, the parent shuts the doors and says 'enter', this one drops its rights and says 'entered'.
 */
export function serve(answer: (frame: Frame) => void): void {
  const reader = new FrameReader(sandboxLimits.frameBytes);
  // Whoever stops the application tells the parent, which lets the work come to its end.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL'));
  equip();
  process.stdin.on('data', (chunk: Buffer) => {
    for (const frame of reader.push(chunk)) {
      if (frame[0] === 'enter') send(['entered', dropRights(user) ? 'permissions' : '']);
      else answer(frame);
    }
  });
  send(['loaded']);
}
