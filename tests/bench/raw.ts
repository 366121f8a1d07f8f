import { Pool } from 'undici';
import { ratePerSecond } from './benchApi.ts';
import { type Bench, samplePayload } from './benchContext.ts';
import { percentile } from './table.ts';

/** The limit: the same request by undici alone, from this process to the same receiver. */
export async function measureRaw(bench: Bench): Promise<void> {
  const { rate, latencies } = await rawRun(bench);
  bench.figures.push({ name: 'raw undici POST', value: rate, unit: '/s' });
  for (const [name, p] of percentiles) {
    const value = percentile(latencies, p);
    bench.figures.push({ name: `${rawLatency}, ${name}`, value, unit: 'ms' });
  }
}

export const rawLatency = 'raw undici POST, one at a time';
export const percentiles = [
  ['p50', 0.5],
  ['p99', 0.99],
] as const;

type RawRun = {
  /** Requests per second, 128 at once. */
  rate: number;
  /** Microseconds of this process's CPU for each of them. */
  micros: number;
  /** Milliseconds of requests made one after the other. */
  latencies: number[];
};

export async function rawRun(bench: Bench): Promise<RawRun> {
  const body = JSON.stringify({
    event_type: 'lead.created',
    payload: samplePayload,
    timestamp: new Date().toISOString(),
  });
  // The names and lengths of a delivery's headers: this is a run of the sender's transport, not of our rules.
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': 'DevLink-Webhooks/0.1.0',
    'X-Webhook-Event': 'lead.created',
    'X-Webhook-Delivery-Id': '01a20a60-755d-7e9f-90a4-556ad39ab80d',
    'X-Webhook-Signature': Buffer.from(`${'a'.repeat(64)}:${body}`).toString('base64'),
    'webhook-id': '01a20a60-755d-7e9f-90a4-556ad39ab80d',
    'webhook-timestamp': '1705314600',
    'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}`,
  };
  const pool = new Pool(bench.receiver.url, { connections: 128 });
  let sent = 0;
  const post = async () => {
    await (await pool.request({ path: '/raw', method: 'POST', headers, body })).body.dump();
    sent += 1;
  };
  await ratePerSecond(1, 128, post);
  sent = 0;
  const before = process.cpuUsage();
  const rate = await ratePerSecond(bench.quick ? 3 : 5, 128, post);
  const { user, system } = process.cpuUsage(before);
  const micros = (user + system) / sent;
  const latencies: number[] = [];
  for (let n = 0; n < 400; n++) {
    const began = performance.now();
    await post();
    latencies.push(performance.now() - began);
  }
  await pool.close();
  return { rate, micros, latencies };
}
