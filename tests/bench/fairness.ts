import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, replaceWebhooks, samplePayload } from './benchContext.ts';
import { percentile } from './table.ts';

const quietWebhooks = 20;

/**
 * What the others notice of one webhook that hangs, one that answers 500, one with 200,000 deliveries waiting:
 * milliseconds from the commit of an event to its arrival at 20 quiet webhooks, alone and then beside the offender.
 */
export async function measureFairness(bench: Bench): Promise<void> {
  const flood = bench.quick ? 20_000 : 200_000;
  const offenders: Record<string, () => Promise<void>> = {
    'one that hangs': () =>
      bench.receiver.tell({ do: 'behave', path: '/0', hang: true }).then(() => offend(bench, 2000)),
    'one that answers 500': () =>
      bench.receiver.tell({ do: 'behave', path: '/0', status: 500 }).then(() => offend(bench, 2000)),
    [`one with ${flood.toLocaleString('en')} waiting`]: () =>
      bench.receiver.tell({ do: 'behave', path: '/0' }).then(() => offend(bench, flood)),
  };
  for (const [name, begin] of Object.entries(offenders)) {
    await replaceWebhooks(bench, quietWebhooks + 1);
    await bench.sql`update webhooks set events = array['file.deleted'] where url like '%/0'`;
    // Right before each: a machine's speed drifts, and a p99 of its own moves more than a median.
    const alone = await sample(bench);
    await begin();
    await sleep(1000); // the offender is at work
    const beside = await sample(bench);
    for (const p of [0.5, 0.99]) {
      const figure = `commit to receiver, p${p * 100}`;
      const value = percentile(beside, p);
      const before = percentile(alone, p);
      bench.figures.push(
        { name: `${figure}, alone, before ${name}`, value: before, unit: 'ms' },
        { name: `${figure}, beside ${name}`, value, unit: 'ms', ratio: value / before, of: 'alone' },
      );
    }
    await bench.sql`delete from webhook_queue`;
  }
  await bench.receiver.tell({ do: 'behave', path: '/0' });
}

/** Queues deliveries of the offender at once. */
async function offend(bench: Bench, count: number): Promise<void> {
  await bench.sql`
    select emit_webhook_events((select json_agg(json_build_object(
      'event_type', 'file.deleted', 'payload', ${bench.sql.json(samplePayload)}::json)) from generate_series(1, ${count}::int)))`;
}

/** One event every 50 ms, each to all quiet webhooks. */
async function sample(bench: Bench): Promise<number[]> {
  const events = bench.quick ? 60 : 600;
  await bench.receiver.tell({ do: 'reset', remember: true });
  for (let n = 0; n < events; n++) {
    await bench.api.post('/api/webhooks/trigger', { event_type: 'lead.created', payload: samplePayload });
    await sleep(50);
  }
  const deadline = Date.now() + 30_000;
  for (;;) {
    const { delays } = await bench.receiver.tell({ do: 'report' });
    const quiet = Object.entries(delays).flatMap(([path, values]) => (path === '/0' ? [] : values));
    if (quiet.length >= events * quietWebhooks) return quiet;
    if (Date.now() > deadline) throw new Error(`only ${quiet.length} of ${events * quietWebhooks} arrived`);
    await sleep(50);
  }
}
