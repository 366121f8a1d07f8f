import { beforeEach, describe, expect, it } from 'vitest';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import { addWebhook, dataOf } from '../support/webhooks';

const stack = testStack();
beforeEach(async () => {
  await emptyTables(stack.sql);
});

type Period = { since: string; succeeded: number; latency_histogram: number[] } & Record<string, number>;

const until = '2026-03-30T10:20:00Z';
const statistics = async (args: Record<string, unknown>) =>
  dataOf<Period[]>(await stack.adminClient().rpc('webhook_statistics', { until, ...args }));

/** One hour of a webhook: so many successes, all in one bucket of the histogram. */
async function addHour(webhookId: string, hour: string, succeeded: number, bucket = 0) {
  const histogram = Array.from({ length: 16 }, (_, n) => (n === bucket ? succeeded : 0));
  await stack.sql`
    insert into webhook_stats_hourly (webhook_id, hour, succeeded, failed, retried, latency_histogram, errors_5xx, errors_timeout)
    values (${webhookId}, ${hour}, ${succeeded}, 1, 2, ${histogram}, 2, 1)`;
}

const starts = (periods: Period[]) => periods.map(({ since }) => new Date(since).toISOString());

describe('the statistics', () => {
  it('are every period up to the present one, with zeros where nothing happened', async () => {
    const periods = await statistics({ step: '1 hour', periods: 3 });
    expect(starts(periods)).toEqual([
      '2026-03-30T08:00:00.000Z',
      '2026-03-30T09:00:00.000Z',
      '2026-03-30T10:00:00.000Z',
    ]);
    expect(periods[0]).toMatchObject({ succeeded: 0, failed: 0, retried: 0, errors_4xx: 0 });
    expect(periods[0]?.latency_histogram).toEqual(Array(16).fill(0));
  });

  it('add up webhooks and hours, histograms too', async () => {
    const [one, other] = [await addWebhook(stack.sql), await addWebhook(stack.sql)];
    await addHour(one, '2026-03-30T06:00:00Z', 5, 2);
    await addHour(one, '2026-03-30T07:00:00Z', 7, 2);
    await addHour(other, '2026-03-30T07:00:00Z', 11, 4);
    const [all] = (await statistics({ step: '6 hours', periods: 1 })) as [Period];
    expect(all).toMatchObject({ succeeded: 23, failed: 3, retried: 6, errors_5xx: 6, errors_timeout: 3 });
    expect([all.latency_histogram[2], all.latency_histogram[4]]).toEqual([12, 11]);
    expect(await statistics({ step: '6 hours', periods: 1, target: other })).toMatchObject([
      { succeeded: 11 },
    ]);
  });

  it('tell skipped deliveries apart from successes and failures', async () => {
    const id = await addWebhook(stack.sql);
    await addHour(id, '2026-03-30T09:00:00Z', 5);
    await stack.sql`update webhook_stats_hourly set skipped = 3 where webhook_id = ${id}`;
    const periods = await statistics({ step: '1 hour', periods: 2 });
    expect(periods.map(({ succeeded, failed, skipped }) => [succeeded, failed, skipped])).toEqual([
      [5, 1, 3],
      [0, 0, 0],
    ]);
  });

  it('leave out what was before the first period', async () => {
    const id = await addWebhook(stack.sql);
    await addHour(id, '2026-03-30T08:00:00Z', 1);
    await addHour(id, '2026-03-30T09:00:00Z', 1);
    const periods = await statistics({ step: '1 hour', periods: 2 });
    expect(periods.map(({ succeeded }) => succeeded)).toEqual([1, 0]);
  });

  it('have days of the person’s own clock, of 23 hours where it is put forward', async () => {
    const id = await addWebhook(stack.sql);
    await addHour(id, '2026-03-28T22:00:00Z', 1); // 28 March, 23:00 in Paris
    await addHour(id, '2026-03-28T23:00:00Z', 10); // 29 March, 00:00
    await addHour(id, '2026-03-29T21:00:00Z', 100); // 29 March, 23:00
    await addHour(id, '2026-03-29T22:00:00Z', 1000); // 30 March, 00:00
    const periods = await statistics({ step: '1 day', periods: 3, time_zone: 'Europe/Paris' });
    expect(starts(periods)).toEqual([
      '2026-03-27T23:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
    ]);
    expect(periods.map(({ succeeded }) => succeeded)).toEqual([1, 110, 1000]);
  });
});

describe('what every ten seconds were counted apart', () => {
  const fold = async (most = 5000) =>
    dataOf<number>(await stack.adminClient().rpc('fold_statistics', { max_rows: most }));
  const rows = () =>
    stack.sql`select webhook_id, hour, stripe from webhook_stats_hourly order by hour, stripe`;

  /** Stripes of the present hour and of one long ago, with a row of their hour or without one. */
  async function addStripes(): Promise<void> {
    const [one, other] = [await addWebhook(stack.sql), await addWebhook(stack.sql)];
    await addHour(one, '2026-03-30T07:00:00Z', 7, 3);
    await stack.sql`
      insert into webhook_stats_hourly (webhook_id, hour, stripe, succeeded, failed, retried, duration_ms_sum, errors_4xx, skipped, latency_histogram)
      select id, '2026-03-30T07:00:00Z', n, n, 1, 2, 30, 1, 4, array_fill(n, array[16])
      from unnest(${[one, other]}::uuid[]) as id, generate_series(1, 361) as n`;
    await stack.sql`
      insert into webhook_stats_hourly (webhook_id, hour, stripe, succeeded, latency_histogram)
      values (${one}, date_trunc('hour', now() + interval '1 hour'), 1, 9, array_fill(1, array[16]))`;
  }

  it('is added to its hour once it is past, and adds up to the same', async () => {
    await addStripes();
    const before = await statistics({ step: '6 hours', periods: 2 });
    expect(before.at(-1)?.succeeded).toBe(7 + 361 * 362);
    expect(await fold()).toBe(722);
    expect(await statistics({ step: '6 hours', periods: 2 })).toEqual(before);
    expect(await rows()).toMatchObject([{ stripe: 0 }, { stripe: 0 }, { stripe: 1 }]);
    const [sums] = await stack.sql`
      select sum(duration_ms_sum)::int as duration, sum(errors_4xx)::int as errors, sum(skipped)::int as skipped
      from webhook_stats_hourly`;
    expect(sums).toEqual({ duration: 722 * 30, errors: 722, skipped: 722 * 4 });
  });

  it('is added in steps of so many rows, and by nobody while somebody has it locked', async () => {
    await addStripes();
    const before = await statistics({ step: '6 hours', periods: 2 });
    expect([await fold(500), await fold(500), await fold(500)]).toEqual([500, 222, 0]);
    expect(await statistics({ step: '6 hours', periods: 2 })).toEqual(before);
    await addStripes();
    await stack.sql.begin(async (sql) => {
      await sql`select from webhook_stats_hourly for update`;
      expect(await fold()).toBe(0);
    });
    expect(await fold()).toBe(722);
  });
});
