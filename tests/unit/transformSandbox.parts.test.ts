import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FairQueue } from '@/lib/sandbox/fairQueue';
import { encodeFrame, FrameReader } from '@/lib/sandbox/sandboxFrames';
import { ConductBook, ScriptConduct } from '@/lib/sandbox/scriptConduct';
import { isRunning } from './support/sandboxChildren';

const minute = 60_000;

describe('frames', () => {
  test('come out as they went in, however the stream is cut', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 40 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(texts, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (frames, step) => {
        const bytes = Buffer.concat(frames.map((frame) => encodeFrame(frame, 10_000)));
        const reader = new FrameReader(10_000);
        const read: string[][] = [];
        for (let at = 0; at < bytes.length; at += step)
          read.push(...reader.push(bytes.subarray(at, at + step)));
        expect(read).toEqual(frames);
      }),
    );
  });

  test('that are too long or do not add up are refused', () => {
    expect(() => encodeFrame(['x'.repeat(100)], 100)).toThrow(RangeError);
    expect(() => new FrameReader(100).push(Buffer.from([0, 0, 0, 101]))).toThrow(RangeError);
    expect(() => new FrameReader(100).push(Buffer.from([0, 0, 0, 4, 0, 0, 0, 1]))).toThrow(RangeError);
    expect(() => new FrameReader(100).push(Buffer.from([0, 0, 0, 2, 0, 0]))).toThrow(RangeError);
  });
});

describe('the queue', () => {
  test('lets the keys take turns', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'c2']) queue.push(item.charAt(0), item);
    const taken = Array.from({ length: 4 }, () => queue.take());
    expect(taken).toEqual(['a1', 'b1', 'c1', 'a2']);
    queue.putBack('a', 'a2');
    expect(queue.remove('c')).toEqual(['c2']);
    expect([queue.take(), queue.take(), queue.take()]).toEqual(['a2', 'a3', undefined]);
  });
});

describe('the conduct of a script', () => {
  test('is fresh until a run ends, and suspect for ten minutes after an overrun', () => {
    const conduct = new ScriptConduct('digest');
    expect(conduct.standing(0)).toBe('fresh');
    conduct.ended();
    expect(conduct.standing(0)).toBe('proven');
    conduct.overran(0);
    expect(conduct.standing(10 * minute - 1)).toBe('suspect');
    expect(conduct.standing(10 * minute)).toBe('proven');
  });

  test('pauses it after three kills in five minutes, each time for longer', () => {
    const conduct = new ScriptConduct('digest');
    conduct.killed(0);
    conduct.killed(1000);
    conduct.killed(6 * minute);
    expect(conduct.restMs(6 * minute)).toBe(0);
    conduct.killed(7 * minute);
    conduct.killed(8 * minute);
    expect(conduct.restMs(8 * minute)).toBe(minute);
    expect(conduct.restMs(9 * minute)).toBe(0);
    conduct.killed(9 * minute);
    expect(conduct.restMs(9 * minute)).toBe(2 * minute);
    for (let again = 0; again < 9; again++) conduct.killed(11 * minute);
    expect(conduct.restMs(11 * minute)).toBe(15 * minute);
    for (const at of [60, 61, 62]) conduct.killed(at * minute);
    expect(conduct.restMs(62 * minute)).toBe(minute);
  });

  test('pauses it after twenty overruns without one good run between', () => {
    const conduct = new ScriptConduct('digest');
    for (let run = 0; run < 19; run++) conduct.overran(0);
    conduct.ended();
    for (let run = 0; run < 19; run++) conduct.overran(0);
    expect(conduct.restMs(0)).toBe(0);
    conduct.overran(0);
    expect(conduct.restMs(0)).toBe(minute);
  });

  test('is kept by key, begins anew with a changed script, and is forgotten with age', () => {
    const book = new ConductBook(2);
    const first = book.of('a', '1');
    expect(book.of('a', '1')).toBe(first);
    expect(book.of('a', '2')).not.toBe(first);
    const second = book.of('b', '1');
    book.of('c', '1');
    expect(book.of('b', '1')).toBe(second);
    expect(book.of('a', '2').standing(0)).toBe('fresh');
  });
});

describe('a child in the middle of a run', () => {
  const hang = 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)';
  /** Starts a child, gives it work without end, and prints the child's process id. */
  const parentSource = `
    import { spawn } from 'node:child_process';
    import { encodeFrame } from '${process.cwd()}/lib/sandbox/sandboxFrames.ts';
    const file = '${process.cwd()}/lib/sandbox/sandboxChild.ts';
    const child = spawn(process.execPath, ['--no-node-snapshot', file, String(process.pid)], { env: {} });
    child.stdout.once('data', () => {
      child.stdin.write(encodeFrame(['run', 'shared', ${JSON.stringify(hang)}, '{}', 'a', 'b'], 1e6));
      setTimeout(() => console.log(child.pid), 300);
    });`;

  test('does not outlive a parent that is killed', async () => {
    const parent = spawn(process.execPath, ['--input-type=module', '-e', parentSource]);
    const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = Number(printed.toString());
    expect(isRunning(child)).toBe(true);
    parent.kill('SIGKILL');
    for (let waited = 0; isRunning(child) && waited < 5000; waited += 50) await sleep(50);
    expect(isRunning(child)).toBe(false);
  }, 20_000);
});
