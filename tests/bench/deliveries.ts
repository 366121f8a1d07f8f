import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, fillQueue, replaceWebhooks } from './benchContext.ts';
import { cpuByPart } from './cpu.ts';
import { rawRun } from './raw.ts';

const seedScript = "return { ...payload, custom_field: 'value', timestamp: new Date().toISOString() };";

/** Deliveries per second from a full queue, with every guarantee on: lease, log, both signatures, address check. */
export async function measureDeliveries(bench: Bench): Promise<void> {
  const total = bench.quick ? 10_000 : 60_000;
  const webhooks = 100;

  // Once before and once after: the speed of a machine drifts within a minute, and the limit with it.
  const rawBefore = await rawRun(bench);
  // A young process has yet to compile its code, and an idle one to open its connections.
  await drain(bench, bench.quick ? 30_000 : 90_000, webhooks);
  const before = cpuByPart();
  const plain = await drain(bench, total, webhooks);
  const after = cpuByPart();
  const rawAfter = await rawRun(bench);
  const raw = (rawBefore.rate + rawAfter.rate) / 2;
  const rawMicros = (rawBefore.micros + rawAfter.micros) / 2;
  bench.figures.push(
    { name: 'raw undici POST, before and after the deliveries', value: raw, unit: '/s' },
    { name: 'deliveries', value: plain, unit: '/s', ratio: plain / raw, of: 'raw' },
    { name: "CPU per raw POST, the sender's", value: rawMicros, unit: 'µs' },
  );
  for (const part of ['app', 'api', 'database'] as const) {
    const micros = ((after[part] - before[part]) / total) * 1e6;
    const ratio = micros / rawMicros;
    bench.figures.push({ name: `CPU per delivery, ${part}`, value: micros, unit: 'µs', ratio, of: 'raw' });
  }
  const scripted = { transform_enabled: true, transform_script: seedScript };
  await drain(bench, total / 5, webhooks, scripted);
  const transformed = await drain(bench, total, webhooks, scripted);
  bench.figures.push({
    name: 'deliveries with a transform',
    value: transformed,
    unit: '/s',
    ratio: transformed / plain,
    of: 'without',
  });
}

/** Fills the queue and answers arrivals per second, from the first to the last. */
export async function drain(
  bench: Bench,
  total: number,
  webhooks: number,
  fields: Record<string, unknown> = {},
): Promise<number> {
  await fill(bench, total, webhooks, fields);
  return emptied(bench, total);
}

/** Puts so many deliveries into the queue at once. */
export async function fill(
  bench: Bench,
  total: number,
  webhooks: number,
  fields: Record<string, unknown> = {},
): Promise<void> {
  await replaceWebhooks(bench, webhooks, fields);
  await bench.receiver.tell({ do: 'reset' });
  await fillQueue(bench, total / webhooks);
}

/** Answers arrivals per second once all have arrived and the last result is written. */
export async function emptied(bench: Bench, total: number): Promise<number> {
  const { count, firstAt, lastAt } = await bench.receiver.untilCount(total);
  await untilSettled(bench);
  return (count - 1) / ((lastAt - firstAt) / 1000);
}

/** Waits until the last results are written too. */
export async function untilSettled(bench: Bench): Promise<void> {
  for (;;) {
    const [row] = await bench.sql`select count(*)::int as waiting from webhook_queue`;
    if (row?.waiting === 0) return;
    await sleep(10);
  }
}
