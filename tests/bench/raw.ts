import { Pool } from 'undici';
import { ratePerSecond } from './benchApi.ts';
import { type Bench, samplePayload } from './benchContext.ts';

/** The limit: the same request by undici alone, from this process to the same receiver. */
export async function measureRaw(bench: Bench): Promise<void> {
  const value = await rawRate(bench);
  bench.figures.push({ name: 'raw undici POST', value, unit: '/s' });
}

/** Requests per second. */
export async function rawRate(bench: Bench): Promise<number> {
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
  const post = async () => (await pool.request({ path: '/raw', method: 'POST', headers, body })).body.dump();
  await ratePerSecond(1, 128, post);
  const rate = await ratePerSecond(bench.quick ? 3 : 5, 128, post);
  await pool.close();
  return rate;
}
