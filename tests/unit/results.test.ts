import { beforeEach, describe, expect, it } from 'vitest';
import { WebhookError } from '@/lib/domain/errors';
import { Results } from '@/lib/engine/results';
import type { Waiting } from '@/lib/engine/waiting';
import type { SettledResult } from '@/lib/store/queueStore';
import { settledSuccess } from '../support/claims';
import { FakeClock } from '../support/fakeClock';
import { holdLog } from '../support/heldLog';

const refusal = (code: string) => new Error(`Database: refused (${code})`, { cause: { code } });
const lockTimeout = refusal('55P03');
const statementTimeout = new WebhookError('timeout', { cause: { code: '57014' } });
const noAnswer = new WebhookError('database_unavailable', { cause: { code: '' } });
const minute = 60_000;

let clock: FakeClock;
/** What `settle` was given, as ids. */
let writes: string[][];
/** Answers a write: the busy ids, or an error to throw. */
let answer: (results: SettledResult[]) => string[] | Error;
let settle: (results: SettledResult[]) => Promise<{ busy: string[]; settled: string[] }>;
let results: Results;
let log: Record<string, unknown>[];

beforeEach(() => {
  clock = new FakeClock();
  writes = [];
  answer = () => [];
  settle = async (batch) => {
    writes.push(batch.map(({ id }) => id));
    const said = answer(batch);
    if (said instanceof Error) throw said;
    return { busy: said, settled: [] };
  };
  results = new Results({ clock, settle: (batch) => settle(batch), onChange: () => {} });
  log = holdLog();
});

const waiting = (id: string, webhookId = 'a', fields: Partial<SettledResult> = {}): Waiting => ({
  result: settledSuccess({ id, fence: 1 }, fields),
  webhookId,
  leaseEndsAt: clock.now() + 20_000,
});
const idsOf = (taken: Waiting[]) => taken.map(({ result }) => result.id);

/** Writes apart whatever is due, as the drain does, for so many milliseconds. */
async function writeFor(ms: number): Promise<void> {
  const until = clock.now() + ms;
  for (;;) {
    await clock.settle();
    if (clock.now() >= results.apartAt) results.writeApart();
    await clock.settle();
    if (clock.now() >= results.apartAt) continue;
    if (results.apartAt > until) break;
    await clock.advance(results.apartAt - clock.now());
  }
  await clock.advance(until - clock.now());
}

describe('the line', () => {
  it('gives the oldest first, at most as many as asked for', async () => {
    for (const id of ['1', '2', '3', '4', '5']) {
      results.add(waiting(id));
      await clock.advance(3);
    }
    expect(results.since).toBe(clock.now() - 15);
    expect(idsOf(results.take(3))).toEqual(['1', '2', '3']);
    expect(idsOf(results.take(3))).toEqual(['4', '5']);
    expect(results.take(3)).toEqual([]);
  });

  it('gives no more large bodies at once than a statement should carry, and loses none', () => {
    for (let n = 0; n < 100; n += 1) {
      results.add(waiting(String(n), 'a', { request_body: 'x'.repeat(256 * 1024) }));
    }
    const sizes: number[] = [];
    while (results.size > 0) sizes.push(results.take(1000).length);
    expect(sizes).toEqual([32, 32, 32, 4]);
  });

  it('gives one result however large it is', () => {
    for (const id of ['1', '2'])
      results.add(waiting(id, 'a', { response_body: 'x'.repeat(9 * 1024 * 1024) }));
    expect(results.take(1000)).toHaveLength(1);
  });

  it('takes back what got no answer in its old order, while it is worth writing', async () => {
    const old = waiting('1');
    await clock.advance(30_000);
    const young = waiting('2');
    results.add(waiting('3'));
    results.putBack([old, young]);
    expect(idsOf(results.take(9))).toEqual(['1', '2', '3']);
    // Its lease lapsed at 20 s; a minute later the receiver has long been called again.
    await clock.advance(50_000);
    results.putBack([old, young]);
    expect(idsOf(results.take(9))).toEqual(['2']);
  });
});

describe('what somebody has locked', () => {
  it('is handed in again alone, at growing distances, and keeps no other waiting', async () => {
    answer = (batch) => batch.map(({ id }) => id);
    const started = clock.now();
    const taken = [waiting('1'), waiting('2', 'b')];
    results.setAside(taken, ['1']);
    expect([results.size, results.apart]).toEqual([0, 1]);
    const at: number[] = [];
    const inner = settle;
    settle = (batch) => {
      at.push(clock.now() - started);
      return inner(batch);
    };
    await writeFor(30_000);
    expect(writes.every((ids) => ids.join() === '1')).toBe(true);
    expect(at).toEqual([250, 750, 1750, 3750, 7750, 15_750, 25_750]);
    // Other results of its webhook go their way.
    results.add(waiting('3'));
    expect(idsOf(results.take(9))).toEqual(['3']);
    answer = () => [];
    await writeFor(10_000);
    expect([results.apart, results.apartAt]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  it('is given up when its lease lapsed long ago', async () => {
    answer = (batch) => batch.map(({ id }) => id);
    results.setAside([waiting('1')], ['1']);
    await writeFor(2 * minute);
    expect(results.apart).toBe(0);
    expect(log).not.toEqual([]);
  });

  it('stops the results of a webhook whose own rows are locked, but none of another, and no release', async () => {
    answer = (batch) => (batch.some(({ id }) => id.startsWith('a')) ? lockTimeout : []);
    results.splitUp([waiting('a1', 'a'), waiting('b1', 'b'), waiting('a2', 'a'), waiting('c1', 'c')]);
    await writeFor(0);
    expect(writes).toEqual([['a1', 'a2'], ['b1'], ['c1']]);
    expect([results.isStuck('a'), results.isStuck('b')]).toEqual([true, false]);
    results.add(waiting('a3', 'a'));
    results.add(waiting('b2', 'b'));
    results.add(waiting('a4', 'a', { status: 'released' }));
    expect(idsOf(results.take(9))).toEqual(['b2', 'a4']);
    answer = () => [];
    await writeFor(5000);
    expect(results.isStuck('a')).toBe(false);
    expect(writes.slice(3).flat().sort()).toEqual(['a1', 'a2', 'a3']);
    expect(results.apart).toBe(0);
  });

  it('is written in ever smaller pieces when the time for a statement is up', async () => {
    answer = (batch) => (batch.length > 2 ? statementTimeout : []);
    results.splitUp(['1', '2', '3', '4', '5', '6', '7', '8'].map((id) => waiting(id)));
    await writeFor(minute);
    expect(writes.map((ids) => ids.length).slice(0, 3)).toEqual([8, 4, 2]);
    expect(results.apart).toBe(0);
    expect(new Set(writes.flat()).size).toBe(8);
  });
});

describe('a refused batch', () => {
  it('is split by webhook, then halved, until the one at fault stands alone and goes without its texts', async () => {
    const texts: (string | undefined)[] = [];
    answer = (batch) => {
      if (batch.some(({ response_body }) => response_body === 'poison')) return refusal('22P05');
      texts.push(...batch.map(({ response_body }) => response_body));
      return [];
    };
    const ofA = ['1', '2', '3', '4', '5'].map((id) =>
      waiting(id, 'a', { response_body: id === '4' ? 'poison' : 'ok' }),
    );
    results.splitUp([...ofA, waiting('6', 'b', { response_body: 'ok' })]);
    await writeFor(0);
    expect(writes[0]).toEqual(['1', '2', '3', '4', '5']);
    expect(writes[1]).toEqual(['6']);
    expect(writes.at(-1)).toHaveLength(1);
    expect(texts).toHaveLength(6);
    expect(texts.filter((text) => text === undefined)).toHaveLength(1);
    expect(results.apart).toBe(0);
  });

  it('has what is wrong beyond its texts written as failed, with the reason', async () => {
    const written: SettledResult[] = [];
    answer = (batch) => {
      if (batch.some(({ status }) => status === 'success')) return refusal('22003');
      written.push(...batch);
      return [];
    };
    results.splitUp([waiting('1')]);
    await writeFor(0);
    expect(written).toMatchObject([{ id: '1', fence: 1, status: 'failed', error_kind: 'request_invalid' }]);
    expect(written[0]?.error_message).toContain('22003');
  });

  it('is dropped when nothing of it can be written, and holds up nobody', async () => {
    answer = (batch) => (batch.some(({ id }) => id === '1') ? refusal('22003') : []);
    results.splitUp([waiting('1'), waiting('2')]);
    await writeFor(0);
    expect(writes.filter((ids) => ids.join() === '1')).toHaveLength(3);
    expect(writes).toContainEqual(['2']);
    expect(results.apart).toBe(0);
  });

  it('waits while the database does not answer', async () => {
    answer = () => noAnswer;
    results.splitUp([waiting('1'), waiting('2')]);
    await writeFor(5000);
    expect([results.apart, results.isStuck('a')]).toEqual([2, false]);
    expect([...results.ids()]).toEqual(['1', '2']);
    answer = () => [];
    await writeFor(10_000);
    expect(results.apart).toBe(0);
  });
});

it('writes a few webhooks at once, and those that hang keep no place of the others', async () => {
  const hang = new Promise<never>(() => {});
  const inner = settle;
  const hanging = new Set(['1', '2', '3', '4', '5', '6']);
  // Those that were locked before hang; the new ones do not.
  answer = (batch) => batch.map(({ id }) => id).filter((id) => hanging.has(id));
  results.splitUp([...hanging].map((id) => waiting(id, `webhook ${id}`)));
  await writeFor(0);
  settle = (batch) => (batch.some(({ id }) => hanging.has(id)) ? hang : inner(batch));
  await clock.advance(500);
  results.writeApart();
  writes = [];
  results.splitUp(['x', 'y', 'z'].map((id) => waiting(id, id)));
  await writeFor(0);
  expect(writes.flat().sort()).toEqual(['x', 'y', 'z']);
  expect(results.apart).toBe(6);
});
