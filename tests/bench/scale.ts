import { randomBytes } from 'node:crypto';
import { ratePerSecond } from './benchApi.ts';
import type { Bench } from './benchContext.ts';
import { replaceWebhooks, samplePayload } from './benchContext.ts';
import { cpuByPart } from './cpu.ts';
import { emptied } from './deliveries.ts';
import { type ScalePoint, type Spent, scalePoints } from './scaleModel.ts';

/** What events and their deliveries cost, all in all, by fan-out and size of the payload: the model in docs/scale.md comes from it. */
export async function measureScale(bench: Bench): Promise<void> {
  const deliveries = bench.quick ? 6000 : 30_000;
  for (const point of scalePoints.slice(0, 1)) await spend(bench, point, deliveries); // warm
  for (const point of scalePoints) {
    const spent = await spend(bench, point, deliveries);
    for (const [what, unit] of [
      ['app', 'µs'],
      ['api', 'µs'],
      ['database', 'µs'],
      ['wal', 'bytes'],
      ['disk', 'bytes'],
    ] as const) {
      const name = `an event of ${point.kilobytes} KB to ${point.fanOut}: ${what}`;
      bench.figures.push({ name, value: spent[what], unit });
    }
  }
  await measureTriggerMicros(bench);
}

/** Microseconds of the app's CPU for one trigger over HTTP to which nobody listens, one and a hundred a call. */
async function measureTriggerMicros(bench: Bench): Promise<void> {
  await replaceWebhooks(bench, 1, { events: ['file.deleted'] });
  const event = { event_type: 'lead.created', payload: samplePayload };
  const hundred = { events: Array.from({ length: 100 }, () => event) };
  const seconds = bench.quick ? 2 : 5;
  const micros = async (path: string, body: unknown, events: number) => {
    await ratePerSecond(1, 16, () => bench.api.post(path, body));
    const before = cpuByPart().app;
    const began = performance.now();
    const rate = await ratePerSecond(seconds, 16, () => bench.api.post(path, body));
    const triggered = rate * events * ((performance.now() - began) / 1000);
    return ((cpuByPart().app - before) / triggered) * 1e6;
  };
  const one = await micros('/api/webhooks/trigger', event, 1);
  const inBatches = await micros('/api/webhooks/trigger/batch', hundred, 100);
  bench.figures.push(
    { name: 'a trigger over HTTP: app', value: one, unit: 'µs' },
    { name: 'a trigger over HTTP, 100 a call: app', value: inBatches, unit: 'µs' },
  );
}

/** For each event: microseconds of CPU, bytes of WAL, and bytes that stay on disk once all is delivered. */
async function spend(bench: Bench, { fanOut, kilobytes }: ScalePoint, deliveries: number): Promise<Spent> {
  const events = Math.round(deliveries / fanOut);
  // Always about as many requests under way: each costs a little more where there are more of them.
  await replaceWebhooks(bench, fanOut, { max_in_flight: Math.min(100, Math.ceil(500 / fanOut)) });
  await bench.receiver.tell({ do: 'reset' });
  const before = { cpu: cpuByPart(), ...(await written(bench)) };
  await emit(bench, events, kilobytes);
  await emptied(bench, events * fanOut);
  const after = { cpu: cpuByPart(), ...(await written(bench)) };
  const micros = (part: 'app' | 'api' | 'database') => ((after.cpu[part] - before.cpu[part]) / events) * 1e6;
  return {
    app: micros('app'),
    api: micros('api'),
    database: micros('database'),
    wal: (after.wal - before.wal) / events,
    disk: (after.disk - before.disk) / events,
  };
}

/** Bytes of WAL so far, and of all tables of events, deliveries and attempts with their indexes. */
async function written({ sql }: Bench): Promise<{ wal: number; disk: number }> {
  const [row] = await sql<{ wal: number; disk: number }[]>`
    select (pg_current_wal_lsn() - '0/0')::float8 as wal, sum(pg_total_relation_size(c.oid))::float8 as disk
    from pg_class c where c.relkind = 'r' and c.relnamespace = 'webhook_partitions'::regnamespace`;
  return row ?? { wal: 0, disk: 0 };
}

/** In one transaction, so that the queue is full before anybody looks; some megabytes a call. */
async function emit({ sql }: Bench, events: number, kilobytes: number): Promise<void> {
  const length = Math.round(kilobytes * 1024) - JSON.stringify({ ...samplePayload, notes: '' }).length;
  // As text of many words: half of it is left once it is compressed.
  const notes = () =>
    randomBytes(Math.max(0, length) / 2 + 1)
      .toString('hex')
      .slice(0, Math.max(0, length));
  const perCall = Math.max(1, Math.floor(2000 / kilobytes));
  await sql.begin(async (transaction) => {
    for (let left = events; left > 0; left -= perCall) {
      const batch = Array.from({ length: Math.min(left, perCall) }, () => ({
        event_type: 'lead.created',
        payload: { ...samplePayload, notes: notes() },
      }));
      await transaction`select emit_webhook_events(${JSON.stringify(batch)}::text::json)`;
    }
  });
}
