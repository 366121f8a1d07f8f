import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, samplePayload } from './benchContext.ts';

/** Webhooks that the sample's events go to. */
export const quietPaths = ['/0', '/1', '/2'];
const perSecond = 100;

/**
 * Milliseconds from the commit of each event to its arrival at three quiet webhooks, at 100 events a second whatever
 * becomes of them: an event that is late does not make the next one late.
 * @param events of a sample; from 3,000 on its p99 is more than the tail of a moment
 */
export async function sampleArrivals(bench: Bench, events: number): Promise<number[]> {
  await bench.receiver.tell({ do: 'reset', remember: true });
  const calls: Promise<unknown>[] = [];
  const began = performance.now();
  for (let n = 0; n < events; n++) {
    calls.push(
      bench.api.post('/api/webhooks/trigger', { event_type: 'lead.created', payload: samplePayload }),
    );
    await sleep(Math.max(0, began + ((n + 1) * 1000) / perSecond - performance.now()));
  }
  await Promise.all(calls);
  const wanted = events * quietPaths.length;
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { delays } = await bench.receiver.tell({ do: 'report' });
    const quiet = quietPaths.flatMap((path) => delays[path] ?? []);
    if (quiet.length >= wanted) return quiet;
    if (Date.now() > deadline) throw new Error(`only ${quiet.length} of ${wanted} arrived`);
    await sleep(100);
  }
}
