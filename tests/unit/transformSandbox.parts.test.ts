import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConductBook, ScriptConduct } from '@/lib/sandbox/conduct';
import { FairQueue } from '@/lib/sandbox/fairQueue';
import { encodeFrame, FrameReader } from '@/lib/sandbox/frames';
import { moduleArguments } from './support/runModule';
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
    const nobody = new Set<string>();
    const taken = Array.from({ length: 4 }, () => queue.take(nobody));
    expect(taken).toEqual(['a1', 'b1', 'c1', 'a2']);
    queue.putBack('a', 'a2');
    expect(queue.remove('c')).toEqual(['c2']);
    expect(Array.from({ length: 3 }, () => queue.take(nobody))).toEqual(['a2', 'a3', undefined]);
    expect(queue.size).toBe(0);
  });

  test('passes over keys that are busy, and they keep their turn', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'b1', 'c1']) queue.push(item.charAt(0), item);
    expect(queue.take(new Set(['a']))).toBe('b1');
    expect(queue.take(new Set(['a', 'c']))).toBeUndefined();
    expect(queue.take(new Set())).toBe('a1');
  });

  test('may be asked for the key that came last', () => {
    const queue = new FairQueue<string>();
    for (const item of ['a1', 'b1', 'c1', 'c2']) queue.push(item.charAt(0), item);
    expect([queue.take(new Set(), 'last'), queue.take(new Set(['c']), 'last')]).toEqual(['c1', 'b1']);
  });
});

describe('the conduct of a script', () => {
  test('is fresh until a run ends, proven then, and trusted after thirty', () => {
    const conduct = new ScriptConduct();
    expect(conduct.standing(0)).toBe('fresh');
    conduct.ended();
    expect(conduct.standing(0)).toBe('proven');
    for (let run = 1; run < 30; run++) conduct.ended();
    expect(conduct.standing(0)).toBe('trusted');
  });

  test.each([
    ['an overrun', (conduct: ScriptConduct) => conduct.overran(0)],
    ['a death in company', (conduct: ScriptConduct) => conduct.diedInCompany(0)],
    ['a kill', (conduct: ScriptConduct) => conduct.killed(0)],
  ])('is suspect for ten minutes after %s, and nothing earned before counts afterwards', (_what, trouble) => {
    const conduct = new ScriptConduct();
    for (let run = 0; run < 200; run++) conduct.ended();
    trouble(conduct);
    expect(conduct.standing(10 * minute - 1)).toBe('suspect');
    expect(conduct.standing(10 * minute)).toBe('fresh');
  });

  test('pauses it after three kills in five minutes, each time for longer', () => {
    const conduct = new ScriptConduct();
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

  test('pauses it for long at the first fault of the engine, and says so until it is killed again and again', () => {
    const conduct = new ScriptConduct();
    conduct.faulted(0);
    expect([conduct.restMs(0), conduct.restReason, conduct.isTroubled(0)]).toEqual([
      15 * minute,
      'fault',
      true,
    ]);
    for (const at of [20, 21, 22]) conduct.killed(at * minute);
    expect([conduct.restMs(22 * minute), conduct.restReason]).toEqual([minute, 'kills']);
  });

  test('pauses it after twenty overruns without one good run between', () => {
    const conduct = new ScriptConduct();
    for (let run = 0; run < 19; run++) conduct.overran(0);
    conduct.ended();
    for (let run = 0; run < 19; run++) conduct.overran(0);
    expect(conduct.restMs(0)).toBe(0);
    conduct.overran(0);
    expect(conduct.restMs(0)).toBe(minute);
  });
});

describe('the book of conduct', () => {
  const sizes = { clean: 2, troubled: 3 };

  test('keeps a record by key and script: a changed script begins anew, and the former one is not forgotten', () => {
    const book = new ConductBook(sizes, () => 0);
    const first = book.of('a', '1');
    expect(book.of('a', '1')).toBe(first);
    expect(book.of('a', '2')).not.toBe(first);
    expect(book.of('b', '1')).not.toBe(first);
  });

  test('forgets the one that was idle longest, not the one that is in use', () => {
    const book = new ConductBook(sizes, () => 0);
    const idle = book.of('idle', '1');
    const used = book.of('used', '1');
    for (let other = 0; other < 10; other++) {
      book.of(`other ${other}`, '1');
      expect(book.of('used', '1')).toBe(used);
    }
    expect(book.of('idle', '1')).not.toBe(idle);
  });

  test('forgets no pause for any number of other scripts, until it is over', () => {
    let now = 0;
    const book = new ConductBook(sizes, () => now);
    const paused = book.of('paused', '1');
    for (let kill = 0; kill < 3; kill++) paused.killed(now);
    for (let other = 0; other < 1000; other++) book.of(`other ${other}`, '1');
    expect(book.of('paused', '1').restMs(now)).toBe(minute);
    now = 31 * minute;
    expect(book.of('paused', '1')).toBe(paused);
    for (let other = 0; other < 2; other++) book.of(`other ${other}`, '1');
    expect(book.of('paused', '1')).not.toBe(paused);
  });
});

describe('a child in the middle of a run', () => {
  /** Prints the number of its child once that hangs. */
  const parentSource = `
    import { runTransforms } from '@/lib/sandbox/transformSandbox';
    import { sandboxChildren } from '@/tests/unit/support/sandboxChildren';
    const script = 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)';
    const input = { payload: '{}', eventType: 'a', timestamp: 'b' };
    await runTransforms({ key: 'warm', script: 'return []', inputs: [input] });
    void runTransforms({ key: 'hang', script, inputs: [input] });
    setTimeout(() => console.log(sandboxChildren()[0]), 100);`;

  test.skipIf(process.platform === 'win32')(
    'does not outlive a parent that is killed',
    async () => {
      const env = { ...process.env, WEBHOOKS_LOG_LEVEL: 'silent' };
      const parent = spawn(process.execPath, moduleArguments(parentSource), { env });
      const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
      const child = Number(printed.toString());
      expect(isRunning(child)).toBe(true);
      parent.kill('SIGKILL');
      for (let waited = 0; isRunning(child) && waited < 5000; waited += 50) await sleep(50);
      expect(isRunning(child)).toBe(false);
    },
    20_000,
  );
});
