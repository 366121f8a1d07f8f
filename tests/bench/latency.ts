import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, measured, replaceWebhooks, samplePayload } from './benchContext.ts';
import { untilSettled } from './deliveries.ts';
import { percentiles, rawLatency } from './raw.ts';
import { percentile } from './table.ts';

/**
 * Milliseconds from the call of the trigger to the arrival at the receiver: alone, and beside half of the full load; and from
 * the commit of an event that somebody else writes in SQL.
 */
export async function measureLatency(bench: Bench): Promise<void> {
  const samples = bench.quick ? 100 : 400;
  const trigger = (event_type: string) => () =>
    bench.api.post('/api/webhooks/trigger', { event_type, payload: samplePayload });
  await replaceWebhooks(bench, 1);
  push(bench, 'trigger to receiver idle', await sampleLatency(bench, samples, 20, trigger('lead.created')));
  // Each time after the drain has fallen asleep.
  const text = JSON.stringify(samplePayload);
  const emit = () => bench.sql`select emit_webhook_event('lead.created', ${text}::text::json)`;
  push(bench, 'SQL to receiver idle', await sampleLatency(bench, samples / 2, 200, emit));

  // Half of what the dispatcher can do, triggered in SQL, to 20 other webhooks.
  await replaceWebhooks(bench, 21);
  await bench.sql`update webhooks set events = array['file.deleted'] where url like '%/0'`;
  const load = steadyLoad(bench, measured(bench, 'deliveries') / 2);
  await sleep(1000);
  const busy = await sampleLatency(bench, samples, 20, trigger('file.deleted'));
  await load.stop();
  await untilSettled(bench);
  push(bench, 'trigger to receiver at half load', busy);
}

function push(bench: Bench, what: string, latencies: number[]): void {
  for (const [name, p] of percentiles) {
    const value = percentile(latencies, p);
    bench.figures.push({
      name: `${what}, ${name}`,
      value,
      unit: 'ms',
      ratio: value / measured(bench, `${rawLatency}, ${name}`),
      of: 'raw',
    });
  }
}

/** Milliseconds from the call of `trigger` to the arrival at the receiver's path /0, one at a time. */
export async function sampleLatency(
  bench: Bench,
  samples: number,
  pauseMs: number,
  trigger: () => Promise<unknown>,
): Promise<number[]> {
  await bench.receiver.tell({ do: 'reset', remember: true });
  const started: number[] = [];
  for (let n = 0; n < samples; n++) {
    started.push(performance.timeOrigin + performance.now());
    await trigger();
    await sleep(pauseMs);
  }
  for (;;) {
    const arrived = (await bench.receiver.tell({ do: 'report' })).byPath['/0'] ?? [];
    // One at a time, so the n-th arrival is the n-th trigger's.
    if (arrived.length >= samples) return arrived.slice(0, samples).map((at, n) => at - (started[n] ?? 0));
    await sleep(20);
  }
}

function steadyLoad(bench: Bench, deliveriesPerSecond: number): { stop(): Promise<void> } {
  let running = true;
  const perTick = Math.max(1, Math.round(deliveriesPerSecond / 20 / 10)); // 20 webhooks listen, 10 ticks a second
  const batch = JSON.stringify(
    Array.from({ length: perTick }, () => ({ event_type: 'lead.created', payload: samplePayload })),
  );
  const loop = (async () => {
    while (running) {
      const next = sleep(100);
      await bench.sql`select emit_webhook_events(${batch}::text::json)`;
      await next;
    }
  })();
  return {
    stop: () => {
      running = false;
      return loop;
    },
  };
}
