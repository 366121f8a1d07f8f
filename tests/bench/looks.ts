import { type Bench, replaceWebhooks } from './benchContext.ts';
import { percentile } from './table.ts';

/** What it costs to look at a queue in which nothing is to be done: beside many inactive webhooks, or many with a rate. */
export async function measureLooks(bench: Bench): Promise<void> {
  const { sql, quick } = bench;
  await replaceWebhooks(bench, 1);
  const bare = await look(bench);
  push(bench, 'an empty queue', bare, bare);

  const inactive = quick ? 1000 : 5000;
  await replaceWebhooks(bench, inactive, { status: 'inactive' });
  await sql`
    insert into webhook_queue (webhook_id, event_id, event_type)
    select id, webhook_uuid_v7(), 'lead.created' from webhooks cross join generate_series(1, 20)`;
  await sql`vacuum analyze webhook_queue, webhooks`;
  push(
    bench,
    `${inactive.toLocaleString('en')} inactive webhooks, 20 waiting for each`,
    await look(bench),
    bare,
  );

  const paced = quick ? 2000 : 10_000;
  await replaceWebhooks(bench, paced, { rate_limit: 10 });
  await sql`vacuum analyze webhook_queue, webhooks, webhook_pace`;
  push(bench, `${paced.toLocaleString('en')} webhooks with a rate, nothing waiting`, await look(bench), bare);
  await replaceWebhooks(bench, 1);
}

type Look = { ms: number; walBytes: number };

/** A whole round over the webhooks, as a drain makes it: the median of its time, and WAL for each. */
async function look({ sql, quick }: Bench): Promise<Look> {
  const rounds = quick ? 20 : 100;
  const times: number[] = [];
  const lsn = async () =>
    (await sql<{ at: string }[]>`select pg_current_wal_insert_lsn() as at`)[0]?.at ?? '';
  const round = async () => {
    let after: string | null = null;
    do {
      const [row]: { cursor: string | null }[] = await sql<{ cursor: string | null }[]>`
        select claim_webhook_deliveries(1000, 'bench', ${after}::uuid) ->> 'cursor' as cursor`;
      after = row?.cursor ?? null;
    } while (after !== null);
  };
  for (let n = 0; n < 5; n++) await round();
  const from = await lsn();
  for (let n = 0; n < rounds; n++) {
    const began = performance.now();
    await round();
    times.push(performance.now() - began);
  }
  const [wal] = await sql<{ bytes: number }[]>`
    select pg_wal_lsn_diff(${await lsn()}::pg_lsn, ${from}::pg_lsn)::float8 as bytes`;
  return { ms: percentile(times, 0.5), walBytes: (wal?.bytes ?? 0) / rounds };
}

function push({ figures }: Bench, name: string, { ms, walBytes }: Look, bare: Look): void {
  figures.push(
    { name: `a look at ${name}`, value: ms, unit: 'ms', ratio: ms / bare.ms, of: 'an empty queue' },
    { name: `WAL of a look at ${name}`, value: walBytes, unit: 'bytes' },
  );
}
