import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterClaim,
  type DrainState,
  idleLook,
  lingerAfter,
  planNext,
  quietAfter,
  quietLook,
  restingState,
} from '@/lib/engine/plan';

const now = 1_000_000;
const forever = Number.POSITIVE_INFINITY;
const never = Number.NEGATIVE_INFINITY;

/** A drain with a minute of budget, at the beginning of a round. */
const working = (changes: Partial<DrainState> = {}): DrainState => ({
  ...restingState(2048, false, now),
  budgetEnds: now + 60_000,
  ...changes,
});

const moment = fc.oneof(
  fc.constantFrom(never, forever, now),
  fc.integer({ min: now - 1000, max: now + 2000 }),
);
const anyState: fc.Arbitrary<DrainState> = fc
  .record({
    stopped: fc.boolean(),
    budgetEnds: moment,
    wakeEnds: moment,
    width: fc.integer({ min: 1, max: 4096 }),
    underWay: fc.nat(5000),
    characters: fc.nat(200 * 1024 * 1024),
    asked: fc.nat(2000),
    exchanges: fc.nat(2),
    results: fc.nat(3000),
    resultsSince: fc.integer({ min: now - 500, max: now }),
    apart: fc.nat(20),
    apartAt: moment,
    unknownLeases: fc.boolean(),
    pausedUntil: moment.filter((at) => at < forever),
    restUntil: moment.filter((at) => at <= now + idleLook),
    busyAt: moment,
    lookAt: moment,
    dueAt: moment,
    dozeAt: moment.filter((at) => at > never),
    cursor: fc.constantFrom(null, 'webhook'),
    linger: fc.integer({ min: 10, max: 200 }),
  })
  .map((state) => ({
    ...state,
    asked: state.exchanges === 0 ? 0 : state.asked,
    apartAt: state.apart === 0 ? forever : state.apartAt,
  }));

const mayClaim = (state: DrainState) => !state.stopped && now < Math.max(state.budgetEnds, state.wakeEnds);

describe('planNext, whatever the state', () => {
  it('sleeps until later, and never beyond the idle look', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const plan = planNext(state, now);
        if (plan.step !== 'sleep') return;
        expect(plan.until).toBeGreaterThan(now);
        expect(plan.until).toBeLessThanOrEqual(now + idleLook);
      }),
      { numRuns: 2000 },
    );
  });

  it('asks for no more than has room, only while it may claim, and twice at once at most', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const plan = planNext(state, now);
        if (plan.step !== 'exchange') return;
        expect(state.exchanges).toBeLessThan(2);
        expect(plan.maxItems).toBeGreaterThanOrEqual(0);
        expect(plan.maxItems).toBeLessThanOrEqual(1000);
        expect(plan.maxItems + state.results).toBeGreaterThan(0);
        if (plan.maxItems === 0) return;
        expect(mayClaim(state)).toBe(true);
        expect(now).toBeGreaterThanOrEqual(state.restUntil);
        expect(plan.maxItems).toBeLessThanOrEqual(state.width - state.underWay - state.asked - state.apart);
        expect(state.unknownLeases).toBe(false);
        expect(plan.maxPayload).toBe(state.characters < 64 * 1024 * 1024 ? null : 8192);
      }),
      { numRuns: 2000 },
    );
  });

  it('ends only when nothing is under way, waits or may come', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const isIdle = state.underWay + state.results + state.apart + state.exchanges === 0;
        const { step } = planNext(state, now);
        if (step === 'end') {
          expect(isIdle).toBe(true);
          if (!state.stopped) expect(now).toBeGreaterThanOrEqual(state.budgetEnds);
        }
        if (isIdle && !mayClaim(state)) expect(step).toBe('end');
      }),
      { numRuns: 2000 },
    );
  });

  it('asks nothing of a database that has just not answered, and nothing but recovery while leases are unknown', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const { step } = planNext(state, now);
        if (now < state.pausedUntil) expect(['sleep', 'apart', 'end']).toContain(step);
        if (step === 'recover') expect([state.unknownLeases, state.exchanges]).toEqual([true, 0]);
      }),
      { numRuns: 2000 },
    );
  });

  it('depends on differences of time only: whoever moves the clock moves nothing', () => {
    const shifted = (state: DrainState, by: number): DrainState => ({
      ...state,
      budgetEnds: state.budgetEnds + by,
      wakeEnds: state.wakeEnds + by,
      resultsSince: state.resultsSince + by,
      apartAt: state.apartAt + by,
      pausedUntil: state.pausedUntil + by,
      restUntil: state.restUntil + by,
      lookAt: state.lookAt + by,
      dueAt: state.dueAt + by,
    });
    fc.assert(
      fc.property(anyState, fc.constantFrom(-600_000, 600_000), (state, by) => {
        const plan = planNext(state, now);
        const expected = plan.step === 'sleep' ? { ...plan, until: plan.until + by } : plan;
        expect(planNext(shifted(state, by), now + by)).toEqual(expected);
      }),
    );
  });
});

describe('planNext', () => {
  it('looks at the queue at once when it begins', () => {
    expect(planNext(working(), now)).toEqual({
      step: 'exchange',
      maxItems: 1000,
      maxPayload: null,
      patienceMs: 100,
    });
  });

  it('waits for locks several times as long as exchanges take, and half a second at most', () => {
    for (const [linger, patienceMs] of [
      [10, 100],
      [29.816_360_000_03, 119],
      [50, 200],
      [200, 500],
    ])
      expect(planNext(working({ linger }), now)).toMatchObject({ patienceMs });
  });

  it('ends when only a wake-up keeps it going and nothing falls due within it', () => {
    const woken = { budgetEnds: never, wakeEnds: now + 10_000, lookAt: now + 500 };
    expect(planNext(working({ ...woken, dueAt: forever }), now).step).toBe('end');
    expect(planNext(working({ ...woken, dueAt: now + 5000 }), now)).toEqual({
      step: 'sleep',
      until: now + 500,
    });
  });

  it('hands in many results at once, few when they are alone, else after the linger', () => {
    const busy = { underWay: 2048, lookAt: forever };
    expect(planNext(working({ ...busy, results: 500, resultsSince: now }), now).step).toBe('exchange');
    expect(planNext(working({ ...busy, results: 5, resultsSince: now, linger: 40 }), now)).toEqual({
      step: 'sleep',
      until: now + 40,
    });
    const alone = { underWay: 0, lookAt: forever };
    expect(planNext(working({ ...alone, results: 1, resultsSince: now }), now)).toMatchObject({
      step: 'exchange',
    });
  });

  it('looks again only when there is room for a good part of a batch', () => {
    expect(planNext(working({ underWay: 2048 - 124 }), now).step).toBe('sleep');
    expect(planNext(working({ underWay: 2048 - 125 }), now)).toMatchObject({ maxItems: 125 });
    expect(planNext(working({ width: 4, underWay: 3 }), now)).toMatchObject({ maxItems: 1 });
  });

  it('claims less, and at last nothing, while results cannot be written', () => {
    const stuck = { apartAt: now + 5000, lookAt: never };
    expect(planNext(working({ ...stuck, apart: 2000 }), now)).toMatchObject({ maxItems: 48 });
    expect(planNext(working({ ...stuck, apart: 2048 }), now).step).toBe('sleep');
  });

  it('claims small payloads only beside much that is under way', () => {
    expect(planNext(working({ characters: 64 * 1024 * 1024 }), now)).toMatchObject({ maxPayload: 8192 });
  });

  it('hands in results, and claims nothing, once it is stopped', () => {
    expect(planNext(working({ stopped: true, results: 3 }), now)).toMatchObject({
      step: 'exchange',
      maxItems: 0,
    });
    expect(planNext(working({ stopped: true, underWay: 1 }), now).step).toBe('sleep');
    expect(planNext(working({ stopped: true }), now).step).toBe('end');
  });

  it('writes apart what is due, whatever else there is', () => {
    expect(planNext(working({ apart: 1, apartAt: now, pausedUntil: now + 1000 }), now)).toEqual({
      step: 'apart',
    });
    expect(planNext(working({ apart: 1, apartAt: now + 7, lookAt: forever }), now)).toEqual({
      step: 'sleep',
      until: now + 7,
    });
  });

  it('waits for what a claim under way brings before it gives unknown leases up', () => {
    expect(planNext(working({ unknownLeases: true }), now)).toEqual({ step: 'recover' });
    expect(planNext(working({ unknownLeases: true, exchanges: 1, asked: 10 }), now).step).toBe('sleep');
  });
});

describe('afterClaim', () => {
  const claim = { cursor: null, wait_ms: null, in_flight_elsewhere: 0, items: 0 };
  const asked = { now, random: 0, woken: false };

  it('waits for what falls due next, and no longer than the idle look', () => {
    const at = (wait_ms: number | null) => afterClaim(working(), { ...claim, wait_ms }, asked);
    expect(at(120)).toMatchObject({ dueAt: now + 120, lookAt: now + 120 });
    expect(at(86_400_000)).toMatchObject({ dueAt: now + 86_400_000, lookAt: now + idleLook });
    expect(at(null)).toMatchObject({ dueAt: forever, lookAt: now + idleLook });
  });

  it('looks more rarely once nothing came for a minute, until something comes', () => {
    const quiet = working({ busyAt: now - quietAfter });
    expect(afterClaim(quiet, claim, asked).lookAt).toBe(now + quietLook);
    expect(afterClaim(quiet, { ...claim, wait_ms: 900 }, asked).lookAt).toBe(now + 900);
    expect(afterClaim(working({ busyAt: now - quietAfter + 1 }), claim, asked).lookAt).toBe(now + idleLook);
    expect(afterClaim(quiet, { ...claim, items: 1 }, asked)).toMatchObject({
      busyAt: now,
      lookAt: now + idleLook,
    });
    expect(afterClaim(quiet, claim, { ...asked, woken: true }).lookAt).toBe(now);
  });

  it('goes on at once within a round, and after a wake-up in the meantime', () => {
    expect(afterClaim(working(), { ...claim, cursor: 'w7', wait_ms: 900 }, asked)).toMatchObject({
      cursor: 'w7',
      lookAt: now,
      dueAt: now + 900,
    });
    const second = working({ cursor: 'w7', dueAt: now + 300 });
    expect(afterClaim(second, { ...claim, wait_ms: 900 }, asked)).toMatchObject({
      cursor: null,
      dueAt: now + 300,
      lookAt: now + 300,
    });
    expect(afterClaim(working(), claim, { ...asked, woken: true }).lookAt).toBe(now);
  });

  it('leaves a small share to those who have much, one time in two, and never when somebody asks here', () => {
    const beside = { ...claim, items: 10, in_flight_elsewhere: 500 };
    const rests = (state: DrainState, seen: typeof beside, given = asked) =>
      afterClaim(state, seen, given).restUntil === now + idleLook;
    expect(rests(working(), beside)).toBe(true);
    expect(rests(working(), beside, { ...asked, random: 0.5 })).toBe(false);
    expect(rests(working(), beside, { ...asked, woken: true })).toBe(false);
    expect(rests(working({ underWay: 240 }), beside)).toBe(false);
    expect(rests(working(), { ...beside, in_flight_elsewhere: 499 })).toBe(false);
  });
});

describe('the linger', () => {
  it('is as long as the last exchange, from 10 to 200 ms', () => {
    expect([0, 10, 55, 200, 10_000].map(lingerAfter)).toEqual([10, 10, 55, 200, 200]);
  });
});
