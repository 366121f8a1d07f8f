import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import { quietPaths, sampleArrivals } from './arrivals.ts';
import { type Bench, emitMany, replaceWebhooks } from './benchContext.ts';
import { percentile } from './table.ts';

/** Somebody that misbehaves: begins, and answers what ends it. */
type Offender = { name: string; begin(bench: Bench): Promise<() => Promise<void>> };

const nothing = async () => {};

/**
 * What the others notice of one that misbehaves: milliseconds from the commit of an event to its arrival at three quiet
 * webhooks, beside each offender, against what they have alone right before and right after it.
 */
export async function measureFairness(bench: Bench): Promise<void> {
  const events = bench.quick ? 300 : 3000;
  let before = await aloneFor(bench, events);
  for (const { name, begin } of offenders(bench.quick)) {
    const end = await begin(bench);
    await sleep(1000); // it is at work
    const beside = await sampleArrivals(bench, events);
    await end();
    const after = await aloneFor(bench, events);
    for (const p of [0.5, 0.99]) {
      // A machine's speed drifts, and a p99 of its own moves more than a median.
      const alone = (percentile(before, p) + percentile(after, p)) / 2;
      const value = percentile(beside, p);
      bench.figures.push(
        { name: `commit to receiver, p${p * 100}, alone, around ${name}`, value: alone, unit: 'ms' },
        {
          name: `commit to receiver, p${p * 100}, beside ${name}`,
          value,
          unit: 'ms',
          ratio: value / alone,
          of: 'alone',
        },
      );
    }
    before = after;
  }
}

async function aloneFor(bench: Bench, events: number): Promise<number[]> {
  await replaceWebhooks(bench, quietPaths.length);
  await sleep(500);
  return sampleArrivals(bench, events);
}

function offenders(quick: boolean): Offender[] {
  const many = quick ? 20_000 : 200_000;
  const each = quick ? 5000 : 70_000;
  const script = 'while (payload.n % 10 === 0); return payload;';
  return [
    { name: 'one that hangs', begin: async (bench) => offend(bench, 1, 2000, { hang: true }) },
    { name: 'one that answers 500', begin: async (bench) => offend(bench, 1, 2000, { status: 500 }) },
    {
      name: `one with ${many.toLocaleString('en')} waiting`,
      begin: async (bench) => offend(bench, 1, many, {}),
    },
    {
      name: `three that answer 410, ${each.toLocaleString('en')} waiting each`,
      begin: async (bench) => offend(bench, 3, each, { status: 410 }),
    },
    {
      name: 'one that answers 429 to all but 5 a second',
      begin: async (bench) => offend(bench, 1, 2000, { perSecond: 5 }),
    },
    {
      name: 'twelve whose script hangs on one payload in ten',
      begin: async (bench) =>
        offend(bench, 12, quick ? 30 : 300, {}, { transform_enabled: true, transform_script: script }),
    },
    {
      name: 'locked rows of another webhook',
      begin: async (bench) => {
        await offend(bench, 1, 2000, { delayMs: 200 });
        return holdRows(bench.sql);
      },
    },
  ];
}

type Behaviour = { status?: number; delayMs?: number; hang?: boolean; perSecond?: number };

/** Adds webhooks that nobody else's events reach, and queues deliveries for each of them at once. */
async function offend(
  bench: Bench,
  webhooks: number,
  count: number,
  behaviour: Behaviour,
  fields: Record<string, unknown> = {},
): Promise<() => Promise<void>> {
  const paths = Array.from({ length: webhooks }, (_, n) => `/offender-${n}`);
  for (const path of paths) await bench.receiver.tell({ do: 'behave', path, ...behaviour });
  const rows = paths.map((path) => ({
    name: path,
    url: `${bench.receiver.url}${path}`,
    events: ['file.deleted'],
    ...fields,
  }));
  await bench.sql`insert into webhooks ${bench.sql(rows)}`;
  await emitMany(bench, 'file.deleted', count);
  return nothing;
}

/** Locks what waits for the offender, and its row of statistics, until told otherwise. */
async function holdRows(sql: Sql): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const transaction = sql.begin(async (own) => {
    await own`
      select from webhook_queue q join webhooks w on w.id = q.webhook_id where w.name = '/offender-0' for update of q`;
    await own`
      select from webhook_stats_hourly s join webhooks w on w.id = s.webhook_id where w.name = '/offender-0' for update of s`;
    held.resolve();
    await over.promise;
  });
  transaction.catch(held.reject);
  await held.promise;
  return async () => {
    over.resolve();
    await transaction;
  };
}
