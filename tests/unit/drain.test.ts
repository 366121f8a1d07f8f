import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebhookError } from '@/lib/domain/errors';
import type { DrainParts } from '@/lib/engine/drain';
import { createDrain } from '@/lib/engine/processDrain';
import type { Pending } from '@/lib/engine/states';
import type { Claim, ClaimedItem } from '@/lib/store/claimSchema';
import type { ClaimRequest, SettledResult } from '@/lib/store/queueStore';
import { claimedItem, claimedWebhook, claimOf, settledSuccess } from '../support/claims';
import { FakeClock } from '../support/fakeClock';
import { holdLog } from '../support/heldLog';

const noAnswer = new WebhookError('database_unavailable', { cause: { code: '' } });
const refusal = (code: string) => new Error(`Database: refused (${code})`, { cause: { code } });

/** One exchange that was asked for, and what answers it. */
type Asked = {
  results: SettledResult[];
  request: ClaimRequest;
  answer(claim?: Claim, busy?: string[]): Promise<void>;
  fail(error: unknown): Promise<void>;
};
/** One attempt under way. */
type Begun = {
  pending: Pending;
  mayStillSend: () => boolean;
  end(fields?: Partial<SettledResult>, lacked?: boolean): Promise<void>;
  breakOff(error: unknown): Promise<void>;
};

let clock: FakeClock;
let asked: Asked[];
let begun: Begun[];
let released: { known: string[] }[];
let settled: SettledResult[][];
let settle: DrainParts['settle'];
let jobs: number;

beforeEach(() => {
  clock = new FakeClock();
  [asked, begun, released, settled, jobs] = [[], [], [], [], 0];
  settle = async () => ({ settled: [], busy: [] });
  holdLog();
});
afterEach(() => void vi.useRealTimers());

function newDrain(parts: Partial<DrainParts> = {}) {
  return createDrain({
    clock,
    random: () => 0,
    concurrency: 100,
    sockets: () => Number.POSITIVE_INFINITY,
    worker: { name: 'name', life: 'name/life' },
    mayHaveLeft: false,
    exchange: (results, request) => {
      const { promise, resolve, reject } = Promise.withResolvers<{ busy: string[]; claim: Claim | null }>();
      asked.push({
        results,
        request,
        answer: async (claim = claimOf([]), busy = []) => {
          resolve({ busy, claim: request.maxItems === 0 ? null : claim });
          await clock.settle();
        },
        fail: async (error) => {
          reject(error);
          await clock.settle();
        },
      });
      return promise;
    },
    settle: (results) => {
      settled.push(results);
      return settle(results);
    },
    releaseLeases: async () => {},
    releaseUnknownLeases: async (_worker, known) => {
      released.push({ known });
      return 0;
    },
    attempt: (pending, mayStillSend = () => true) => {
      const { promise, resolve, reject } = Promise.withResolvers<{
        result: SettledResult;
        lacked: boolean;
      }>();
      begun.push({
        pending,
        mayStillSend,
        end: async (fields = {}, lacked = false) => {
          resolve({ result: settledSuccess(pending.item, fields), lacked });
          await clock.settle();
        },
        breakOff: async (error) => {
          reject(error);
          await clock.settle();
        },
      });
      return promise;
    },
    bell: () => null,
    onJobs: () => {
      jobs += 1;
    },
    ...parts,
  });
}

const items = (count: number, fields: Partial<ClaimedItem> = {}) =>
  Array.from({ length: count }, (_, n) =>
    claimedItem({ id: `${fields.webhook_id ?? 'd'}${n + 1}`, ...fields }),
  );
const last = <T>(list: T[]): T => {
  const found = list.at(-1);
  if (!found) throw new Error('none yet');
  return found;
};
const idsOf = (results: { id: string }[] | undefined) => results?.map(({ id }) => id) ?? [];

/** A drain with a minute of budget, whose first claim brought `claimed`. */
async function working(claimed: ClaimedItem[] = [], parts: Partial<DrainParts> = {}) {
  const drain = newDrain(parts);
  const run = drain.runFor(60_000);
  await clock.settle();
  await last(asked).answer(claimOf(claimed));
  return { drain, run };
}
/** Whether a promise is resolved. */
async function isOver(work: Promise<unknown>): Promise<boolean> {
  let over = false;
  void work.then(() => {
    over = true;
  });
  await clock.settle();
  return over;
}

describe('at rest', () => {
  it('a wake-up looks at the queue at once, and rests again when nothing is due soon', async () => {
    const drain = newDrain();
    const run = drain.wake();
    await clock.settle();
    expect(asked.map(({ request }) => request)).toEqual([
      { maxItems: 100, worker: 'name/life', after: null, maxPayload: null, patienceMs: 100 },
    ]);
    expect(drain.figures.running).toBe(true);
    await last(asked).answer();
    expect(await isOver(run)).toBe(true);
    expect(drain.figures.running).toBe(false);
  });

  it('a wake-up keeps it going for a retry that falls due within it', async () => {
    const run = newDrain().wake();
    await clock.settle();
    await last(asked).answer(claimOf([], { wait_ms: 5000 }));
    expect(await isOver(run)).toBe(false);
    for (let looks = 1; looks < 10; looks += 1) {
      await clock.advance(500);
      await last(asked).answer(claimOf([], { wait_ms: 5000 - looks * 500 }));
    }
    await clock.advance(500);
    expect(asked).toHaveLength(11);
    await last(asked).answer(claimOf(items(1)));
    expect(begun).toHaveLength(1);
  });

  it('no wake-up is lost in the moment in which it comes to rest', async () => {
    const drain = newDrain();
    const run = drain.wake();
    await clock.settle();
    // As soon as anybody can know that it rests.
    const again = run.then(() => drain.wake());
    await last(asked).answer();
    await clock.settle();
    expect(asked).toHaveLength(2);
    await last(asked).answer();
    await again;
    // In every turn around its end.
    for (let turns = 0; turns < 12; turns += 1) {
      void drain.wake();
      await clock.settle();
      const before = asked.length;
      const answered = last(asked).answer();
      for (let n = 0; n < turns; n += 1) await null;
      void drain.wake();
      await answered;
      await clock.settle();
      expect(asked.length).toBe(before + 1);
      await last(asked).answer();
      expect(drain.figures.running).toBe(false);
    }
  });

  it('takes back what an earlier life of its name left, before it claims', async () => {
    const lives: string[][] = [];
    const drain = newDrain({
      mayHaveLeft: true,
      releaseLeases: async (...given) => {
        lives.push(given);
      },
    });
    void drain.wake();
    await clock.settle();
    expect(lives).toEqual([['name', 'name/life']]);
    expect(asked).toHaveLength(1);
  });
});

describe('sleeping', () => {
  it('looks every half second while it has a budget, and ends with it', async () => {
    const { run } = await working();
    for (let n = 0; n < 119; n += 1) {
      await clock.advance(500);
      await last(asked).answer();
    }
    expect(asked).toHaveLength(120);
    expect(await isOver(run)).toBe(false);
    await clock.advance(500);
    expect(await isOver(run)).toBe(true);
  });

  it.each([-600_000, 600_000])('is not moved by a wall clock that is set by %d ms', async (by) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    await working();
    vi.setSystemTime(Date.now() + by);
    await clock.advance(499);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(asked).toHaveLength(2);
  });

  it('ends with a wake-up', async () => {
    const { drain } = await working();
    await drain.wake();
    await clock.settle();
    expect(asked).toHaveLength(2);
  });

  it('ends when the next delivery falls due', async () => {
    newDrain().runFor(60_000);
    await clock.settle();
    await last(asked).answer(claimOf([], { wait_ms: 130 }));
    await clock.advance(129);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(asked).toHaveLength(2);
  });

  it('lasts longer than the idle look at no time', async () => {
    await working(items(3));
    for (let n = 0; n < 20; n += 1) {
      await clock.advance(333);
      if (n % 3 === 0) await last(asked).answer();
      if (n === 10) await begun[0]?.end();
    }
    expect(Math.max(...clock.asked)).toBeLessThanOrEqual(500);
  });
});

describe('an application at rest', () => {
  /** One minute of calls of the drain route, each answered with nothing. Answers how many requests the database got. */
  async function aMinute(drain: ReturnType<typeof newDrain>): Promise<number> {
    const before = asked.length;
    void drain.runFor(60_000);
    await clock.settle();
    if (asked.length > before) await last(asked).answer();
    for (let ms = 0; ms < 60_000; ms += 100) {
      const seen = asked.length;
      await clock.advance(100);
      if (asked.length > seen) await last(asked).answer();
    }
    return asked.length - before;
  }

  it('asks 120 times in the first minute, and at most 14 times in each that follows', async () => {
    const drain = newDrain();
    expect(await aMinute(drain)).toBeGreaterThan(100);
    for (let n = 0; n < 3; n += 1) expect(await aMinute(drain)).toBeLessThanOrEqual(14);
  });

  it.each([
    ['a trigger', (drain: ReturnType<typeof newDrain>) => void drain.wake()],
    ['a call of the drain route', (drain: ReturnType<typeof newDrain>) => void drain.runFor(1000)],
  ])('looks at once for %s', async (_, call) => {
    const drain = newDrain();
    for (let n = 0; n < 2; n += 1) await aMinute(drain);
    void drain.runFor(60_000);
    await clock.settle();
    await last(asked).answer();
    await clock.advance(100);
    const before = asked.length;
    call(drain);
    await clock.settle();
    expect(asked).toHaveLength(before + 1);
  });

  it('looks every half second again after it found something', async () => {
    const drain = newDrain();
    for (let n = 0; n < 2; n += 1) await aMinute(drain);
    void drain.runFor(60_000);
    await clock.settle();
    await last(asked).answer(claimOf(items(1)));
    await begun[0]?.end();
    await last(asked).answer();
    const before = asked.length;
    await clock.advance(500);
    expect(asked).toHaveLength(before + 1);
  });
});

describe('exchanging', () => {
  it('a lone result is handed in at once, with the next claim', async () => {
    await working(items(1));
    await begun[0]?.end();
    expect(idsOf(last(asked).results)).toEqual(['d1']);
    expect(last(asked).request.maxItems).toBe(100);
  });

  it('few results beside others wait for company', async () => {
    await working(items(3));
    await begun[0]?.end();
    await begun[1]?.end();
    expect(asked).toHaveLength(1);
    await clock.advance(10);
    expect(idsOf(last(asked).results)).toEqual(['d1', 'd2']);
  });

  it('two at most are under way, and together they ask for no more than has room', async () => {
    const drain = newDrain();
    void drain.runFor(60_000);
    await clock.settle();
    await drain.wake();
    await clock.settle();
    expect(asked).toHaveLength(1);
    await asked[0]?.answer(claimOf(items(70), { cursor: 'webhook' }));
    await drain.wake();
    await clock.settle();
    expect(asked.map(({ request }) => [request.maxItems, request.after])).toEqual([
      [100, null],
      [30, 'webhook'],
    ]);
    await begun[0]?.end();
    await clock.advance(10);
    // The slot that this result frees.
    expect(asked[2]?.request.maxItems).toBe(1);
    await begun[1]?.end();
    await clock.advance(1000);
    expect(asked).toHaveLength(3);
  });

  it('tells of jobs that wait', async () => {
    newDrain().runFor(1000);
    await clock.settle();
    await last(asked).answer(claimOf([], { jobs: true }));
    expect(jobs).toBe(1);
  });
});

describe('no answer', () => {
  it('brings the results back, pauses, and gives up leases that it does not know of before it claims again', async () => {
    const { drain } = await working(items(3));
    await begun[0]?.end();
    await clock.advance(10);
    await last(asked).fail(noAnswer);
    expect(drain.figures).toMatchObject({ waiting: 1, failedExchanges: 1, inFlight: 2 });
    await clock.advance(999);
    expect([asked.length, released.length]).toEqual([2, 0]);
    await clock.advance(1);
    expect(released.map(({ known }) => known.sort())).toEqual([['d1', 'd2', 'd3']]);
    expect(idsOf(last(asked).results)).toEqual(['d1']);
    await last(asked).answer();
    expect(drain.figures).toMatchObject({ waiting: 0, failedExchanges: 0 });
  });

  it('leaves leases alone that may be those of a claim under way, until it is answered', async () => {
    const drain = newDrain({ concurrency: 2048 });
    void drain.runFor(60_000);
    await clock.settle();
    await drain.wake();
    await clock.settle();
    expect(asked.map(({ request }) => request.maxItems)).toEqual([1000, 1000]);
    await asked[0]?.fail(noAnswer);
    await clock.advance(3000);
    expect([asked.length, released.length]).toEqual([2, 0]);
    await asked[1]?.answer(claimOf(items(1)));
    expect(released).toEqual([{ known: ['d1'] }]);
    expect(asked).toHaveLength(3);
  });

  it('is not what a refusal is: nothing was claimed then', async () => {
    await working();
    await clock.advance(500);
    await last(asked).fail(refusal('42883'));
    await clock.advance(1000);
    expect(released).toEqual([]);
    expect(asked).toHaveLength(3);
  });

  it('of the recovery itself is tried again', async () => {
    let fails = 1;
    await working([], {
      releaseUnknownLeases: async (_worker, known) => {
        if (fails-- > 0) throw noAnswer;
        released.push({ known });
        return 0;
      },
    });
    await clock.advance(500);
    await last(asked).fail(noAnswer);
    await clock.advance(1500);
    expect([asked.length, released.length]).toEqual([2, 0]);
    await clock.advance(500);
    expect([asked.length, released.length]).toEqual([3, 1]);
  });
});

describe('a recovery that is refused', () => {
  it('is not tried again: what nobody knows of lapses by itself, and claims go on at once', async () => {
    await working([], {
      releaseUnknownLeases: async (_worker, known) => {
        released.push({ known });
        throw refusal('42883');
      },
    });
    await clock.advance(500);
    await last(asked).fail(noAnswer);
    await clock.advance(1000);
    expect([asked.length, released.length]).toEqual([3, 1]);
    await last(asked).answer();
    await clock.advance(5000);
    expect(released).toHaveLength(1);
  });
});

describe('a defect of the loop itself', () => {
  it('is told of, and the loop goes on after a pause', async () => {
    const log = holdLog();
    let broken = false;
    const sockets = () => {
      if (broken) throw new Error('a defect');
      return 100;
    };
    const { run } = await working([], { sockets });
    broken = true;
    await clock.advance(500);
    expect(log).toMatchObject([{ msg: 'a defect in the drain; it goes on' }]);
    broken = false;
    await clock.advance(999);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(asked).toHaveLength(2);
    await last(asked).answer(claimOf(items(1)));
    expect(begun).toHaveLength(1);
    expect(await isOver(run)).toBe(false);
  });
});

describe('refused and locked results', () => {
  it('are written apart by webhook, and the drain goes on without them', async () => {
    await working([
      ...items(1, { webhook_id: 'a' }),
      ...items(1, { webhook_id: 'b' }),
      ...items(1, { webhook_id: 'c' }),
    ]);
    await begun[0]?.end();
    await begun[1]?.end();
    await clock.advance(10);
    settle = async (results) => {
      if (results[0]?.id === 'a1') throw refusal('55P03');
      return { settled: [], busy: [] };
    };
    await last(asked).fail(refusal('55P03'));
    expect(settled.map(idsOf)).toEqual([['a1'], ['b1']]);
    expect(last(asked).results).toEqual([]);
    expect(last(asked).request.maxItems).toBeGreaterThan(0);
    // More of the webhook whose results are stuck: nothing is sent that could not be written.
    await last(asked).answer(
      claimOf([claimedItem({ id: 'a2', webhook_id: 'a' }), claimedItem({ id: 'b2', webhook_id: 'b' })]),
    );
    expect(begun.map(({ pending }) => pending.item.id)).toEqual(['a1', 'b1', 'c1', 'b2']);
    await clock.advance(200);
    expect(last(asked).results).toMatchObject([{ id: 'a2', status: 'released' }]);
    settle = async () => ({ settled: [], busy: [] });
    await clock.advance(1000);
    expect(settled.map(idsOf)).toContainEqual(['a1']);
  });

  it('come back alone when somebody has their delivery locked', async () => {
    const { drain } = await working(items(1));
    await begun[0]?.end();
    await last(asked).answer(claimOf([]), ['d1']);
    expect(drain.figures.waiting).toBe(1);
    await clock.advance(250);
    expect(settled.map(idsOf)).toEqual([['d1']]);
    expect(drain.figures.waiting).toBe(0);
  });
});

describe('attempts', () => {
  it('of one webhook are never more at once than its max_in_flight, whatever a claim brings', async () => {
    const claim = claimOf(items(5));
    claim.batch.webhooks.webhook = claimedWebhook({ max_in_flight: 2 });
    const drain = newDrain();
    void drain.runFor(60_000);
    await clock.settle();
    await last(asked).answer(claim);
    expect(begun).toHaveLength(2);
    expect(drain.figures).toMatchObject({ inFlight: 5, freeSlots: 95 });
    for (let n = 0; n < 5; n += 1) {
      await begun[n]?.end();
      expect(begun).toHaveLength(Math.min(5, n + 3));
    }
    expect(drain.figures.inFlight).toBe(0);
  });

  it('that break give back everything they held, and keep nobody waiting', async () => {
    const claim = claimOf(items(2));
    claim.batch.webhooks.webhook = claimedWebhook({ max_in_flight: 1 });
    const drain = newDrain();
    void drain.runFor(60_000);
    await clock.settle();
    await last(asked).answer(claim);
    await begun[0]?.breakOff(new Error('a defect'));
    expect(begun).toHaveLength(2);
    await begun[1]?.end();
    expect(drain.figures).toMatchObject({ inFlight: 0 });
    expect(idsOf(last(asked).results)).toEqual(['d2']);
  });

  it('are made of what is sound in a claim when something of it is missing', async () => {
    const claim = claimOf([
      claimedItem({ id: 'sound' }),
      claimedItem({ id: 'no webhook', webhook_id: 'gone' }),
      claimedItem({ id: 'no event', event_id: 'gone' }),
    ]);
    claim.batch.webhooks = { webhook: claimedWebhook() };
    claim.batch.events = {
      event: {
        ...claim.batch.events.event,
        event_type: 'lead.created',
        payload: '{}',
        occurred_at: '',
        sequence: null,
        origin: null,
        traceparent: null,
      },
    };
    void newDrain().runFor(60_000);
    await clock.settle();
    await last(asked).answer(claim);
    expect(begun.map(({ pending }) => [pending.item.id, !!pending.webhook, !!pending.event])).toEqual([
      ['sound', true, true],
      ['no webhook', false, true],
      ['no event', true, false],
    ]);
  });

  it('are counted from when their lease was asked for', async () => {
    newDrain().runFor(60_000);
    await clock.settle();
    const askedAt = clock.now();
    await clock.advance(4000);
    await last(asked).answer(claimOf(items(1)));
    expect(begun[0]?.pending.leaseEndsAt).toBe(askedAt + 25_000);
  });

  it('are no more at once than this process has sockets for at the moment', async () => {
    let sockets = 30;
    const drain = newDrain({ sockets: () => sockets });
    void drain.runFor(60_000);
    await clock.settle();
    expect(last(asked).request.maxItems).toBe(30);
    expect(drain.figures.concurrency).toBe(30);
    sockets = 5;
    expect(drain.figures.concurrency).toBe(5);
  });

  it('are fewer at once after a lack of our own, and slowly more again', async () => {
    const { drain } = await working(
      items(40, { webhook_id: 'a' }).map((item, n) => ({ ...item, webhook_id: `w${n}` })),
    );
    for (const attempt of begun.slice(0, 8)) await attempt.end({ status: 'released', delay_ms: 1000 }, true);
    // One burst is one lack: half of the 40 that were too many.
    expect(drain.figures.concurrency).toBe(20);
    for (const attempt of begun.slice(8, 28)) await attempt.end();
    expect(drain.figures.concurrency).toBe(21);
    for (const attempt of begun.slice(28)) await attempt.end({ status: 'failed' });
    expect(drain.figures.concurrency).toBe(21);
  });
});

describe('stopping', () => {
  it('claims nothing more, releases what waits, lets the rest end and writes it', async () => {
    const claim = claimOf(items(3));
    claim.batch.webhooks.webhook = claimedWebhook({ max_in_flight: 1 });
    const drain = newDrain();
    void drain.runFor(60_000);
    await clock.settle();
    await last(asked).answer(claim);
    const stopped = drain.stop(35_000);
    await clock.advance(200);
    expect(last(asked)).toMatchObject({
      request: { maxItems: 0 },
      results: [
        { id: 'd2', status: 'released' },
        { id: 'd3', status: 'released' },
      ],
    });
    await last(asked).answer();
    expect(begun[0]?.mayStillSend()).toBe(false);
    await clock.advance(5000);
    expect(await isOver(stopped)).toBe(false);
    await begun[0]?.end();
    expect(last(asked)).toMatchObject({
      request: { maxItems: 0 },
      results: [{ id: 'd1', status: 'success' }],
    });
    await last(asked).answer();
    expect(await isOver(stopped)).toBe(true);
    await drain.wake();
    expect(begun).toHaveLength(1);
  });

  it('is over at once when nothing is under way', async () => {
    expect(await isOver(newDrain().stop(35_000))).toBe(true);
    const { drain, run } = await working();
    expect(await isOver(drain.stop(35_000))).toBe(true);
    expect(await isOver(run)).toBe(true);
  });

  it('gives up soon after the last attempt when the database hangs, and lets everybody go', async () => {
    const { drain, run } = await working(items(1));
    const stopped = drain.stop(35_000);
    await begun[0]?.end();
    await clock.advance(7999);
    expect(await isOver(stopped)).toBe(false);
    await clock.advance(1);
    expect(await isOver(stopped)).toBe(true);
    expect(await isOver(run)).toBe(true);
  });

  it('gives up after its grace when an attempt hangs', async () => {
    const { drain, run } = await working(items(1));
    const stopped = drain.stop(35_000);
    await clock.advance(34_999);
    expect(await isOver(stopped)).toBe(false);
    await clock.advance(1);
    expect(await isOver(stopped)).toBe(true);
    expect(await isOver(run)).toBe(true);
  });

  it('does not wait for a claim that hangs', async () => {
    const drain = newDrain();
    const run = drain.runFor(60_000);
    await clock.settle();
    const stopped = drain.stop(35_000);
    await clock.advance(8000);
    expect([await isOver(stopped), await isOver(run)]).toEqual([true, true]);
  });
});

it('figures tell how long ago the database answered', async () => {
  const drain = newDrain();
  expect(drain.figures).toMatchObject({
    lastExchangeMs: null,
    lastAskedMs: null,
    concurrency: 100,
    freeSlots: 100,
  });
  void drain.runFor(60_000);
  await clock.advance(300);
  expect(drain.figures).toMatchObject({ lastExchangeMs: null, lastAskedMs: 300, freeSlots: 0 });
  await last(asked).answer();
  await clock.advance(200);
  expect(drain.figures).toMatchObject({ lastExchangeMs: 200, lastAskedMs: 500, running: true });
});

describe('dozing', () => {
  /** A bell that is asked to let the drain doze, and answers when it is told to. */
  function newBell() {
    const asked: ((dozes: boolean) => Promise<void>)[] = [];
    let rousings = 0;
    return {
      asked,
      rousings: () => rousings,
      bell: () => ({
        doze: () => {
          const { promise, resolve } = Promise.withResolvers<boolean>();
          asked.push(async (dozes) => {
            resolve(dozes);
            await clock.settle();
          });
          return promise;
        },
        rouse: () => {
          rousings += 1;
          return true;
        },
      }),
    };
  }

  it('begins once nothing came for 50 ms, with a look at all webhooks', async () => {
    const { bell, asked: dozing } = newBell();
    await working([], { bell });
    expect([asked.length, dozing.length]).toEqual([1, 0]);
    await clock.advance(49);
    expect(dozing).toHaveLength(0);
    await clock.advance(1);
    expect([asked.length, dozing.length]).toEqual([1, 1]);
    await dozing[0]?.(true);
    expect(asked).toHaveLength(2);
    expect(last(asked).request.after).toBeNull();
    await last(asked).answer();
    // Then it looks as rarely as without.
    await clock.advance(499);
    expect([asked.length, dozing.length]).toEqual([2, 1]);
    await clock.advance(1);
    expect([asked.length, dozing.length]).toEqual([3, 1]);
  });

  it('does not begin while something is under way, and is over when something comes', async () => {
    const { bell, asked: dozing, rousings } = newBell();
    await working(items(1), { bell });
    const roused = rousings();
    await clock.advance(300);
    expect(dozing).toHaveLength(0);
    await last(begun).end();
    await last(asked).answer();
    await clock.advance(50);
    expect(dozing).toHaveLength(1);
    await dozing[0]?.(true);
    await last(asked).answer(claimOf(items(1, { webhook_id: 'e' })));
    expect(rousings()).toBeGreaterThan(roused);
    expect(begun).toHaveLength(2);
  });

  it('that is refused is asked for again, and ends nothing', async () => {
    const { bell, asked: dozing } = newBell();
    await working([], { bell });
    await clock.advance(50);
    await dozing[0]?.(false);
    expect(asked).toHaveLength(1);
    await clock.advance(49);
    expect([asked.length, dozing.length]).toEqual([1, 1]);
    await clock.advance(1);
    expect([asked.length, dozing.length]).toEqual([1, 2]);
    await dozing[1]?.(true);
    expect(asked).toHaveLength(2);
  });

  it('is waited for by nobody: a connection that hangs costs a fifth of a second', async () => {
    const { bell, asked: dozing } = newBell();
    await working([], { bell });
    await clock.advance(50);
    expect(dozing).toHaveLength(1);
    await clock.advance(449);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(asked).toHaveLength(2);
  });

  it('does not count when the drain was woken while it fell asleep', async () => {
    const { bell, asked: dozing } = newBell();
    const { drain } = await working([], { bell });
    await clock.advance(50);
    void drain.wake();
    await dozing[0]?.(true);
    await last(asked).answer();
    await clock.advance(50);
    expect(dozing).toHaveLength(2);
  });

  it('comes before the end of a drain that only a wake-up keeps going', async () => {
    const { bell, asked: dozing } = newBell();
    const drain = newDrain({ bell });
    const run = drain.wake();
    await clock.settle();
    await last(asked).answer();
    expect(await isOver(run)).toBe(false);
    await clock.advance(50);
    await dozing[0]?.(true);
    expect(await isOver(run)).toBe(false);
    await last(asked).answer();
    expect(await isOver(run)).toBe(true);
  });
});

describe('what is claimed as it is emitted', () => {
  type Committed = { queued: boolean; claim: Claim | null };
  /** A commit that is under way. */
  function commitOf() {
    const { promise, resolve, reject } = Promise.withResolvers<Committed>();
    const requests: (ClaimRequest | null)[] = [];
    return {
      requests,
      commit: (request: ClaimRequest | null) => {
        requests.push(request);
        return promise;
      },
      answer: async (committed: Partial<Committed>) => {
        resolve({ queued: true, claim: null, ...committed });
        await clock.settle();
      },
      fail: async (error: unknown) => {
        reject(error);
        await clock.settle();
      },
    };
  }

  it('is asked for by a drain at rest, begins at once, and is no look of its own', async () => {
    const { drain } = await working();
    const { commit, requests, answer } = commitOf();
    void drain.emit(commit);
    expect(requests).toEqual([{ maxItems: 50, worker: 'name/life', after: null, maxPayload: null }]);
    await answer({ claim: claimOf(items(1)) });
    expect([begun.length, asked.length]).toEqual([1, 1]);
    await last(begun).end();
    expect(idsOf(last(asked).results)).toEqual(['d1']);
  });

  it('is asked for by one at work, too, whose last look showed it all that may be claimed', async () => {
    const { drain } = await working(items(1));
    const { commit, requests, answer } = commitOf();
    void drain.emit(commit);
    expect(requests).toEqual([{ maxItems: 49, worker: 'name/life', after: null, maxPayload: null }]);
    await answer({ claim: claimOf([claimedItem({ id: 'd2' })]) });
    expect([begun.length, asked.length]).toEqual([2, 1]);
  });

  it('is not asked for by one that is just looking: it looks once more then', async () => {
    const { drain } = await working(items(1));
    void drain.wake();
    await clock.settle();
    expect(asked).toHaveLength(2);
    const { commit, requests, answer } = commitOf();
    void drain.emit(commit);
    expect(requests).toEqual([null]);
    await answer({});
    await last(asked).answer(claimOf([]));
    expect(asked.length).toBeGreaterThan(2);
  });

  it('is not asked for by one that is stopping', async () => {
    const { drain } = await working(items(1));
    void drain.stop(1000);
    const { commit, requests } = commitOf();
    void drain.emit(commit);
    expect(requests).toEqual([null]);
  });

  it('has a drain that does not run begin to', async () => {
    const drain = newDrain();
    const { commit, answer } = commitOf();
    void drain.emit(commit);
    await answer({ claim: claimOf(items(1)) });
    expect(drain.figures).toMatchObject({ running: true, inFlight: 1 });
  });

  it('holds up nothing, however long the commit takes', async () => {
    const { drain } = await working();
    void drain.emit(commitOf().commit);
    await clock.advance(500);
    expect(asked).toHaveLength(2);
    await last(asked).answer(claimOf(items(1)));
    expect(begun).toHaveLength(1);
  });

  it('is given up when the answer never came, and what the commit says is said', async () => {
    const { drain } = await working();
    const { commit, fail } = commitOf();
    const emitted = drain.emit(commit);
    emitted.catch(() => {});
    await fail(noAnswer);
    await expect(emitted).rejects.toBe(noAnswer);
    expect(released).toHaveLength(1);
  });

  it('leaves nothing behind when the commit was refused', async () => {
    const { drain } = await working();
    const { commit, fail } = commitOf();
    const emitted = drain.emit(commit);
    emitted.catch(() => {});
    await fail(refusal('22023'));
    expect(released).toHaveLength(0);
    expect(drain.figures.freeSlots).toBe(100);
  });

  it('has the drain look where nothing could be claimed, and not where nothing was queued', async () => {
    const { drain } = await working();
    const nothing = commitOf();
    void drain.emit(nothing.commit);
    await nothing.answer({ queued: false });
    expect(asked).toHaveLength(1);
    const elsewhere = commitOf();
    void drain.emit(elsewhere.commit);
    await elsewhere.answer({ queued: true });
    expect(asked).toHaveLength(2);
  });
});
