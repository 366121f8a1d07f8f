import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebhookError } from '@/lib/domain/errors';
import type { DrainParts } from '@/lib/engine/drain';
import { createDrain } from '@/lib/engine/processDrain';
import { exchangeDeliveries, type SettledResult, settleDeliveries } from '@/lib/store/queueStore';
import { emptyTables } from '../support/emptyTables';
import { holdLog } from '../support/heldLog';
import { testStack } from '../support/testStack';
import { addWebhook, queueDeliveries, resultOf } from '../support/webhooks';

/*
 * What a drain writes, and what of it the database refuses or has locked: the drain's own loop on a real database, with
 * attempts that come to whatever a test wants.
 */

const stack = testStack();
const drains: ReturnType<typeof createDrain>[] = [];
beforeEach(() => void holdLog());
afterEach(async () => {
  await Promise.all(drains.splice(0).map((drain) => drain.stop(2000)));
  await emptyTables(stack.sql);
});

/** Drains with attempts that succeed, but for what `fields` says of a delivery. */
function drainWith(
  fields: (id: string) => Partial<SettledResult> = () => ({}),
  parts: Partial<DrainParts> = {},
) {
  const drain = createDrain({
    concurrency: 100,
    attempt: async ({ item }) => ({
      result: resultOf(item, { request_body: undefined, request_format: 'envelope', ...fields(item.id) }),
      lacked: false,
    }),
    onJobs: () => {},
    ...parts,
  });
  drains.push(drain);
  return drain;
}

const historyOf = (webhookId: string) =>
  stack.sql<{ id: string; status: string }[]>`
    select id, status, last_error_kind, last_error from webhook_history where webhook_id = ${webhookId} order by id`;

/** Waits until so many deliveries of a webhook are final. */
const untilFinal = (webhookId: string, count: number, timeout = 5000) =>
  vi.waitFor(async () => expect(await historyOf(webhookId)).toHaveLength(count), { timeout, interval: 20 });

async function queued(count: number): Promise<{ webhookId: string; ids: string[] }> {
  const webhookId = await addWebhook(stack.sql, { max_in_flight: 20 });
  return { webhookId, ids: await queueDeliveries(stack.sql, webhookId, count) };
}

describe('a result that the database refuses', () => {
  test('for its texts is written without them, and keeps no other from being written', async () => {
    const { webhookId, ids } = await queued(9);
    // What storableText exists to prevent: Postgres text holds no NUL.
    void drainWith((id) => (id === ids[4] ? { response_body: 'a\u0000b' } : {})).runFor(5000);
    await untilFinal(webhookId, 9);
    const attempts = await stack.sql`
      select response_body from webhook_attempts where webhook_id = ${webhookId} order by delivery_id`;
    expect(attempts.map((row) => row.response_body)).toEqual([
      ...Array(4).fill('ok'),
      null,
      ...Array(4).fill('ok'),
    ]);
  });

  test('for more than its texts ends as failed, with the reason', async () => {
    const { webhookId, ids } = await queued(9);
    void drainWith((id) => (id === ids[4] ? { duration_ms: 2 ** 40 } : {})).runFor(5000);
    await untilFinal(webhookId, 9);
    const history = await historyOf(webhookId);
    expect(history.filter(({ status }) => status === 'success')).toHaveLength(8);
    expect(history[4]).toMatchObject({
      id: ids[4],
      status: 'failed',
      last_error_kind: 'request_invalid',
      last_error: expect.stringContaining('could not be written'),
    });
  });
});

describe('what somebody has locked', () => {
  test('deliveries of one webhook: another’s go out, and these as soon as they are free', async () => {
    const [mine, locked] = [await queued(3), await queued(3)];
    const free = Promise.withResolvers<void>();
    // Locked while they are under way.
    const begun = Promise.withResolvers<void>();
    const holder = begun.promise.then(() =>
      stack.sql.begin(async (transaction) => {
        await transaction`select from webhook_queue where webhook_id = ${locked.webhookId} for update`;
        void drain.runFor(10_000);
        await free.promise;
      }),
    );
    const drain = drainWith();
    begun.resolve();
    await untilFinal(mine.webhookId, 3, 1000);
    expect(await historyOf(locked.webhookId)).toEqual([]);
    free.resolve();
    await holder;
    await untilFinal(locked.webhookId, 3, 2000);
  });

  test('results on their way: they are handed in again, alone', async () => {
    const [mine, locked] = [await queued(3), await queued(3)];
    const claimed = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const drain = drainWith(() => ({}), {
      attempt: async ({ item }) => {
        claimed.resolve();
        await go.promise;
        return { result: resultOf(item), lacked: false };
      },
    });
    void drain.runFor(10_000);
    await claimed.promise;
    await stack.sql.begin(async (transaction) => {
      await transaction`select from webhook_queue where id = ${locked.ids[1] ?? ''} for update`;
      go.resolve();
      await untilFinal(mine.webhookId, 3, 1000);
      await untilFinal(locked.webhookId, 2, 1000);
      expect(drain.figures.waiting).toBe(1);
    });
    await untilFinal(locked.webhookId, 3, 2000);
    expect(await stack.sql`select from webhook_attempts where webhook_id = ${locked.webhookId}`).toHaveLength(
      3,
    );
  });

  test('a webhook’s own row: only its results wait, and nothing more of it is sent meanwhile', async () => {
    const [mine, locked] = [await queued(3), await queued(3)];
    await stack.sql`insert into webhook_health (webhook_id, failures) values (${locked.webhookId}, 1)`;
    const tried: string[] = [];
    const known = Promise.withResolvers<void>();
    const settle: DrainParts['settle'] = (results) =>
      settleDeliveries(results).catch((error: unknown) => {
        known.resolve();
        throw error;
      });
    const fields = (id: string) => {
      tried.push(id);
      return {};
    };
    const drain = drainWith(fields, { settle });
    await stack.sql.begin(async (transaction) => {
      await transaction`select from webhook_health where webhook_id = ${locked.webhookId} for update`;
      void drain.runFor(10_000);
      await untilFinal(mine.webhookId, 3, 2000);
      await known.promise;
      const [stuck, further] = [
        await queueDeliveries(stack.sql, locked.webhookId, 2),
        await queueDeliveries(stack.sql, mine.webhookId, 2),
      ];
      await drain.wake();
      // No exchange waits for the lock a second time.
      await untilFinal(mine.webhookId, 5, 400);
      expect(tried).toEqual(expect.arrayContaining(further));
      expect(tried.filter((id) => stuck.includes(id))).toEqual([]);
      expect(await historyOf(locked.webhookId)).toEqual([]);
    });
    await untilFinal(locked.webhookId, 5, 5000);
    expect(tried).toHaveLength(10);
  });
});

test('a claim whose answer never came costs a second, not a lease', async () => {
  const { webhookId } = await queued(3);
  let lost = 0;
  const exchange: DrainParts['exchange'] = async (results, request) => {
    const answer = await exchangeDeliveries(results, request);
    if (lost++ > 0) return answer;
    throw new WebhookError('database_unavailable', { cause: { code: '' } });
  };
  void drainWith(() => ({}), { exchange }).runFor(10_000);
  await untilFinal(webhookId, 3, 3000);
  expect(await stack.sql`select from webhook_attempts where webhook_id = ${webhookId}`).toHaveLength(3);
});

test('what is not sent is released, and sent by somebody else at once', async () => {
  const { webhookId, ids } = await queued(2);
  const stopping = drainWith(() => ({ status: 'released', delay_ms: 300 }));
  void stopping.runFor(10_000);
  await vi.waitFor(async () => {
    const rows = await stack.sql`select from webhook_queue where fence = 2 and locked_until is null`;
    expect(rows).toHaveLength(2);
  });
  await stopping.stop(2000);
  expect(await stack.sql`select from webhook_attempts where webhook_id = ${webhookId}`).toHaveLength(0);
  void drainWith().runFor(5000);
  await untilFinal(webhookId, 2, 2000);
  expect((await historyOf(webhookId)).map(({ id }) => id)).toEqual(ids);
});

test('a drain whose results cannot be settled stops within its grace', async () => {
  await queued(2);
  const settle: typeof settleDeliveries = () => new Promise(() => {});
  const exchange: DrainParts['exchange'] = (results, request) =>
    results.length > 0 ? new Promise(() => {}) : exchangeDeliveries(results, request);
  const drain = drainWith(() => ({}), { exchange, settle });
  void drain.runFor(60_000);
  await vi.waitFor(() => expect(drain.figures.lastExchangeMs).not.toBeNull());
  const started = performance.now();
  await drain.stop(500);
  expect(performance.now() - started).toBeLessThan(1500);
});
