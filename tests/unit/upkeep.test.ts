import { beforeEach, describe, expect, it } from 'vitest';
import { createUpkeep } from '@/lib/engine/upkeep';
import { FakeClock } from '../support/fakeClock';
import { holdLog } from '../support/heldLog';

let clock: FakeClock;
let started: number;
/** Every call, with when it was made. */
let calls: [chore: string, at: number][];
let noted: [chore: string, error: string][];
let counted: string[];
/** What is due at each look. */
let due: string[][];
/** How many calls of a chore say that there is more. */
let more: Record<string, number>;
let broken: Record<string, unknown>;

beforeEach(() => {
  clock = new FakeClock();
  started = clock.now();
  [calls, noted, counted, due, more, broken] = [[], [], [], [], {}, {}];
  holdLog();
});

const newUpkeep = (parts: Parameters<typeof createUpkeep>[0] = {}) =>
  createUpkeep({
    clock,
    dueChores: async () => due.shift() ?? [],
    runChore: async (chore) => {
      calls.push([chore, clock.now() - started]);
      if (chore in broken) throw broken[chore];
      more[chore] = (more[chore] ?? 0) - 1;
      return { more: (more[chore] ?? 0) >= 0 };
    },
    noteFailure: async (chore, error) => {
      noted.push([chore, error]);
    },
    countFailure: (chore) => {
      counted.push(chore);
    },
    ...parts,
  });

describe('upkeep', () => {
  it('runs each chore that is due, at once, also without any budget', async () => {
    due = [['a', 'b']];
    expect(await newUpkeep().runFor(0)).toEqual({ a: 'done', b: 'done' });
    expect(calls).toEqual([
      ['a', 0],
      ['b', 0],
    ]);
  });

  it('looks again every minute of its budget', async () => {
    due = [['a'], [], ['a', 'b']];
    const work = newUpkeep().runFor(150_000);
    await clock.advance(150_000);
    expect(await work).toEqual({ a: 'done', b: 'done' });
    expect(calls).toEqual([
      ['a', 0],
      ['a', 120_000],
      ['b', 120_000],
    ]);
  });

  it('has a failing chore fail alone: counted, kept, told of, and tried again', async () => {
    due = [['a', 'b', 'c'], ['b']];
    broken = { b: new Error('Database: lock timeout (55P03)') };
    const work = newUpkeep().runFor(70_000);
    await clock.advance(60_000);
    expect(await work).toEqual({ a: 'done', b: 'failed', c: 'done' });
    expect(calls.map(([chore]) => chore)).toEqual(['a', 'b', 'c', 'b']);
    expect(noted).toEqual([
      ['b', 'Database: lock timeout (55P03)'],
      ['b', 'Database: lock timeout (55P03)'],
    ]);
    expect(counted).toEqual(['b', 'b']);
  });

  it('goes on though failures cannot be counted or kept, whatever was thrown', async () => {
    due = [['a', 'b']];
    broken = { a: 'no error at all' };
    const boom = () => {
      throw new Error('no');
    };
    const upkeep = newUpkeep({ countFailure: boom, noteFailure: boom });
    expect(await upkeep.runFor(0)).toEqual({ a: 'failed', b: 'done' });
  });

  it('lets chores with more to do take turns, with pauses', async () => {
    due = [['long', 'short']];
    more = { long: 3 };
    const work = newUpkeep().runFor(0);
    await clock.advance(1000);
    expect(await work).toEqual({ long: 'done', short: 'done' });
    expect(calls).toEqual([
      ['long', 0],
      ['short', 0],
      ['long', 50],
      ['long', 100],
      ['long', 150],
    ]);
  });

  it('leaves a chore without an end to the next call', async () => {
    due = [['endless']];
    more = { endless: Number.POSITIVE_INFINITY };
    const work = newUpkeep().runFor(55_000);
    await clock.advance(61_000);
    expect(await work).toEqual({ endless: 'unfinished' });
  });

  it('asks nothing when it cannot learn what is due, and again a minute later', async () => {
    const looks: number[] = [];
    const dueChores = async () => {
      looks.push(clock.now() - started);
      throw new Error('no answer');
    };
    const work = newUpkeep({ dueChores }).runFor(90_000);
    await clock.advance(90_000);
    expect(await work).toEqual({});
    expect(looks).toEqual([0, 60_000]);
  });

  it('is shared by all who ask at the same time', async () => {
    due = [['a'], ['a']];
    const upkeep = newUpkeep();
    const both = await Promise.all([upkeep.runFor(0), upkeep.runFor(0)]);
    expect(both).toEqual([{ a: 'done' }, { a: 'done' }]);
    expect(calls).toHaveLength(1);
  });

  it('ends with the process', async () => {
    due = [['long']];
    more = { long: 100 };
    const upkeep = newUpkeep();
    const work = upkeep.runFor(55_000);
    await clock.advance(60);
    upkeep.stop();
    expect(await work).toEqual({ long: 'unfinished' });
    expect(calls).toHaveLength(2);
  });

  it('answers whoever waits as soon as it is stopped, though a chore, or what is due, is never answered', async () => {
    const never = () => new Promise<never>(() => {});
    for (const parts of [
      { runChore: never },
      { dueChores: never },
      { runChore: () => Promise.reject(), noteFailure: never },
    ]) {
      due = [['a']];
      const upkeep = newUpkeep(parts);
      const work = upkeep.runFor(150_000);
      await clock.advance(1000);
      upkeep.stop();
      expect(await work).toEqual({});
    }
  });
});
