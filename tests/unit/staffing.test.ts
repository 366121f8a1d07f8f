import { availableParallelism } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  childrenToStart,
  freeOf,
  longestHanging,
  type SeenChild,
  type SeenWork,
} from '@/lib/sandbox/staffing';

/*
 * Which children the pool starts, decided from what it sees: no process is started here.
 */

const child = (fields: Partial<SeenChild> = {}): SeenChild => ({
  isIdle: false,
  isStarting: false,
  isDead: false,
  isLow: false,
  ...fields,
});
const at = (group: SeenWork['group'], fields: Partial<SeenWork['child']> = {}): SeenWork => ({
  group,
  child: { hangs: false, isUneasy: false, silenceMs: 0, ...fields },
});
const nobody = { trusted: 0, newcomers: 0, suspects: 0 };
const atOnce = Math.max(1, availableParallelism() - 1);

describe('how many of a group may run', () => {
  it('two; and while one hangs, three more beside it', () => {
    expect(freeOf('newcomers', [], false)).toBe(2);
    expect(freeOf('newcomers', [at('newcomers'), at('trusted')], false)).toBe(1);
    expect(freeOf('newcomers', [at('newcomers', { hangs: true })], false)).toBe(4);
    expect(freeOf('newcomers', [at('newcomers', { hangs: true }), at('newcomers')], false)).toBe(3);
  });
  it('one suspect, and none while they rest', () => {
    expect(freeOf('suspects', [], false)).toBe(1);
    expect(freeOf('suspects', [at('suspects', { hangs: true })], false)).toBe(0);
    expect(freeOf('suspects', [], true)).toBe(0);
  });
});

describe('whom to start', () => {
  it('nobody for nobody, and nobody where somebody is there already', () => {
    expect(childrenToStart(nobody, [], [])).toEqual({ high: 0, low: 0, inPlaceOfOne: null });
    const wanting = { ...nobody, trusted: 1 };
    expect(childrenToStart(wanting, [child({ isIdle: true })], []).high).toBe(0);
    expect(childrenToStart(wanting, [child({ isIdle: true, isLow: true })], []).high).toBe(1);
  });
  it('the trusted first', () => {
    const { high, low } = childrenToStart({ trusted: 9, newcomers: 2, suspects: 1 }, [], []);
    expect([high, low]).toEqual([atOnce, 0]);
  });
  it('a spare one where a child may be about to hang', () => {
    const busy = [child({ isLow: true })];
    expect(childrenToStart(nobody, busy, [at('newcomers', { isUneasy: true })]).low).toBe(1);
  });
  it('one in the place of a hanging one where there are as many as may be, but for no suspect', () => {
    const full = Array.from({ length: 8 }, () => child());
    expect(childrenToStart({ ...nobody, trusted: 1 }, full, [])).toMatchObject({ inPlaceOfOne: 'high' });
    expect(childrenToStart({ ...nobody, newcomers: 1 }, full, [])).toMatchObject({ inPlaceOfOne: 'low' });
    expect(childrenToStart({ ...nobody, suspects: 1 }, full, [])).toMatchObject({ inPlaceOfOne: null });
  });
  it('never more than eight in all, nor more at once than processors bear', () => {
    const group = fc.nat({ max: 10 });
    const children = fc.array(
      fc
        .tuple(fc.constantFrom('idle', 'starting', 'dead', 'working'), fc.boolean())
        .map(([is, isLow]) =>
          child({ isIdle: is === 'idle', isStarting: is === 'starting', isDead: is === 'dead', isLow }),
        ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        fc.record({ trusted: group, newcomers: group, suspects: group }),
        children,
        (wanting, all) => {
          const { high, low } = childrenToStart(wanting, all, []);
          const alive = all.filter(({ isDead }) => !isDead);
          const starting = alive.filter(({ isStarting }) => isStarting).length;
          expect(Math.min(high, low)).toBeGreaterThanOrEqual(0);
          expect(alive.length + high + low).toBeLessThanOrEqual(8);
          if (high + low > 0) expect(starting + high + low).toBeLessThanOrEqual(atOnce);
        },
      ),
    );
  });
});

it('the one that was silent longest gives way, of those that hang', () => {
  const work = [
    at('trusted', { silenceMs: 900 }),
    at('newcomers', { hangs: true, silenceMs: 200 }),
    at('suspects', { hangs: true, silenceMs: 300 }),
  ];
  expect(longestHanging(work)).toBe(work[2]);
  expect(longestHanging([at('trusted')])).toBeUndefined();
});
