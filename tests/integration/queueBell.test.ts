// @module-tag local
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createDrain } from '@/lib/engine/processDrain';
import { type Bell, hangBell } from '@/lib/store/queueBell';
import { startTestStack, superuserUrl, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { type Receiver, startReceiver } from '../support/receiver';
import { addWebhook } from '../support/webhooks';

/*
 * Deliveries that are written by somebody else while all drains have nothing to do: the database tells one that dozes.
 */

let stack: TestStack;
let bell: Bell;
let rings: number;
let reported: string[];
const patience = { timeout: 10_000 };

const hang = () =>
  hangBell(stack.databaseUrl, {
    ring: () => {
      rings += 1;
    },
    report: (what) => reported.push(what),
  });

beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());
beforeEach(async () => {
  [rings, reported] = [0, []];
  await emptyTables(stack.sql);
  await addWebhook(stack.sql);
  bell = hang();
  await expect.poll(() => rings, patience).toBe(1); // for what came before it listened
  rings = 0;
});
afterEach(() => bell.close());

const emit = (sql: Pick<TestStack['sql'], 'unsafe'> = stack.sql) =>
  sql.unsafe(`select emit_webhook_event('lead.created', '{"id": "1"}')`);
/** How often the database notified while `work` was done: notifications arrive in their order. */
async function notified(work: () => Promise<unknown>): Promise<number> {
  const told: string[] = [];
  const { unlisten } = await stack.sql.listen('webhook_queue', (payload) => told.push(payload));
  await work();
  await stack.sql.notify('webhook_queue', 'the end');
  await expect.poll(() => told, patience).toContain('the end');
  await unlisten();
  return told.length - 1;
}
/** Once the lock of whoever dozed before is free. */
const fallAsleep = () => expect.poll(() => bell.doze(), patience).toBe(true);
const endListeners = () =>
  stack.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'devlink-webhooks'`;

describe('the bell', () => {
  it('rings for what is committed while somebody dozes, once for each transaction', async () => {
    await fallAsleep();
    await stack.sql.begin(async (transaction) => {
      for (let n = 0; n < 5; n += 1) await emit(transaction);
    });
    await expect.poll(() => rings, patience).toBe(1);
    expect(await notified(() => emit())).toBe(1);
    await expect.poll(() => rings, patience).toBe(3); // with the end of what was notified
  });

  it('does not ring for what is taken back', async () => {
    await fallAsleep();
    const taken = stack.sql.begin(async (transaction) => {
      await emit(transaction);
      throw new Error('taken back');
    });
    expect(await notified(() => taken.catch(() => {}))).toBe(0);
  });

  it('does not ring while nobody dozes', async () => {
    expect(await notified(() => emit())).toBe(0);
    await fallAsleep();
    expect(bell.rouse()).toBe(true);
    expect(bell.rouse()).toBe(false);
    await expect
      .poll(async () => (await stack.sql`select from pg_locks where locktype = 'advisory'`).length, patience)
      .toBe(0);
    expect(await notified(() => emit())).toBe(0);
  });

  it('lets nobody doze before a transaction that wrote deliveries has ended', async () => {
    await stack.sql.begin(async (transaction) => {
      await emit(transaction);
      expect(await bell.doze()).toBe(false);
    });
    await fallAsleep();
  });

  it('is for one at a time: the others hear it all the same', async () => {
    let others = 0;
    const other = hangBell(stack.databaseUrl, {
      ring: () => {
        others += 1;
      },
      report: () => {},
    });
    await expect.poll(() => others, patience).toBe(1);
    await fallAsleep();
    expect(await other.doze()).toBe(false);
    await emit();
    await expect.poll(() => [rings, others], patience).toEqual([1, 2]);
    await bell.close();
    await expect.poll(() => other.doze(), patience).toBe(true);
    await other.close();
  });

  it('hears again after its connection was lost, rings for what it may have missed, and its sleep is over', async () => {
    await fallAsleep();
    expect(await endListeners()).toHaveLength(1);
    await expect.poll(() => rings, patience).toBe(1);
    expect(reported).toEqual([expect.stringContaining('looked for instead')]);
    expect(await notified(() => emit())).toBe(0);
    await fallAsleep();
    rings = 0;
    await emit();
    await expect.poll(() => rings, patience).toBe(1);
  });

  it('goes on trying while nobody may connect, and says so once', async () => {
    const [{ name } = { name: '' }] = await stack.sql`select current_database() as name`;
    const server = postgres(superuserUrl(stack), { max: 1, database: 'postgres' });
    await server.unsafe(`alter database ${name} allow_connections false`);
    await endListeners();
    await sleep(3500); // three more attempts
    expect(await bell.doze()).toBe(false);
    expect(reported).toHaveLength(1);
    await server.unsafe(`alter database ${name} allow_connections true`);
    await server.end();
    await expect.poll(() => rings, patience).toBe(1);
    await fallAsleep();
  });
});

describe('a drain that dozes', () => {
  let receiver: Receiver;
  beforeEach(async () => {
    receiver = await startReceiver();
    await emptyTables(stack.sql);
    await addWebhook(stack.sql, { url: receiver.url });
  });
  afterEach(() => receiver.close());

  it('sends at once what somebody else commits, each time', async () => {
    const worker = { name: 'dozing', life: 'dozing/1' };
    let drain: ReturnType<typeof createDrain> | undefined;
    let heardRings = 0;
    const ring = () => {
      heardRings += 1;
      void drain?.wake();
    };
    const heard = hangBell(stack.databaseUrl, { ring, report: () => {} });
    let dozes = 0;
    let dozesSeen = 0;
    const watched = {
      doze: async () => {
        const answer = await heard.doze();
        if (answer) dozes += 1;
        return answer;
      },
      rouse: () => heard.rouse(),
    };
    drain = createDrain({ bell: () => watched, worker, mayHaveLeft: false });
    const run = drain.runFor(60_000);
    await bell.close(); // the lock is for one
    for (let n = 1; n <= 5; n += 1) {
      await expect.poll(() => dozes, patience).toBeGreaterThan(dozesSeen);
      dozesSeen = dozes;
      await expect.poll(() => drain.figures.inFlight + drain.figures.waiting, patience).toBe(0);
      const before = heardRings;
      await emit();
      await receiver.waitFor(n);
      await expect.poll(() => heardRings, patience).toBe(before + 1);
    }
    await drain.stop(5000);
    await run;
    await heard.close();
  });
});
