import { type Bench, replaceWebhooks } from './benchContext.ts';
import { cpuByPart } from './cpu.ts';
import { drain } from './deliveries.ts';
import { percentile } from './table.ts';

/** Deliveries on top of a long history, all of it in today's partitions, and how long its first page takes to list. */
export async function measureHistory(bench: Bench): Promise<void> {
  const total = bench.quick ? 5000 : 60_000;
  const sizes = bench.quick ? [0, 200_000] : [0, 1_000_000, 10_000_000];
  let rows = 0;
  let empty = { rate: 0, micros: 0 };
  await bench.sql`truncate webhook_history, webhook_attempts`;
  for (const size of sizes) {
    await fillHistory(bench, size - rows);
    rows = size;
    await drain(bench, total / 5, 100);
    // The same run wanders by a tenth and more: the medians of several are what is compared.
    const rates: number[] = [];
    const costs: number[] = [];
    while (rates.length < (bench.quick ? 1 : 5)) {
      const before = cpuByPart();
      rates.push(await drain(bench, total, 100));
      costs.push(((cpuByPart().database - before.database) / total) * 1e6);
    }
    const [rate, micros] = [percentile(rates, 0.5), percentile(costs, 0.5)];
    if (size === 0) empty = { rate, micros };
    const name = `${size.toLocaleString('en')} rows of history`;
    const ratio = rate / empty.rate;
    bench.figures.push({ name: `deliveries, ${name}`, value: rate, unit: '/s', ratio, of: 'none' });
    bench.figures.push({
      name: `CPU per delivery in the database, ${name}`,
      value: micros,
      unit: 'µs',
      ratio: micros / empty.micros,
      of: 'none',
    });
  }
  await measureLists(bench, rows);
  await bench.sql`truncate webhook_history, webhook_attempts`;
}

async function fillHistory(bench: Bench, rows: number): Promise<void> {
  const [webhookId = ''] = await replaceWebhooks(bench, 1);
  const chunk = 250_000;
  for (let done = 0; done < rows; done += chunk) {
    await bench.sql`
      with made as materialized (
        select webhook_uuid_v7() as id, webhook_uuid_v7() as event_id from generate_series(1, ${Math.min(chunk, rows - done)}::int)
      ), event as (
        insert into webhook_events (id, event_type, payload, deliveries)
        select event_id, 'lead.created', '{"id":"1","nom":"Dupont"}', 1 from made
      ), attempt as (
        insert into webhook_attempts (delivery_id, attempt, webhook_id, started_at, duration_ms, succeeded, response_status)
        select id, 1, ${webhookId}, now(), 12, true, 200 from made
      )
      insert into webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence, created_at)
      select id, ${webhookId}, event_id, 'lead.created', false, case when random() < 0.01 then 'failed' else 'success' end, 0, 1, 1, now()
      from made`;
  }
  if (rows === 0) return;
  await bench.sql`vacuum analyze webhook_history, webhook_attempts, webhook_events`;
  // What was just written is on the disk before anything is measured, and not while it is.
  await bench.sql`checkpoint`;
}

/** Milliseconds for one page of the list of deliveries, as the console asks for it. */
async function measureLists(bench: Bench, rows: number): Promise<void> {
  const lists = {
    'newest first': '/api/deliveries?limit=50',
    'failed only': '/api/deliveries?limit=50&status=failed',
    'text found in payloads': '/api/deliveries?limit=50&q=Dupont',
  };
  for (const [name, path] of Object.entries(lists)) {
    const times: number[] = [];
    for (let n = 0; n < (bench.quick ? 5 : 20); n++) {
      const began = performance.now();
      await bench.api.get(path);
      times.push(performance.now() - began);
    }
    const value = percentile(times, 0.5);
    bench.figures.push({
      name: `a page of ${rows.toLocaleString('en')} deliveries, ${name}, p50`,
      value,
      unit: 'ms',
      ratio: value / 100,
      of: '100 ms',
    });
  }
}
