import { Pool } from 'undici';
import { ratePerSecond } from './benchApi.ts';
import { type Bench, measured, replaceWebhooks, samplePayload } from './benchContext.ts';

/** How many callers at once: of these the best counts. */
const widths = [1, 16, 64];
const event = { event_type: 'lead.created', payload: samplePayload };

/** Triggers accepted per second, nobody listening, so that sending does not share the machine. */
export async function measureTriggers(bench: Bench): Promise<void> {
  await replaceWebhooks(bench, 1, { events: ['file.deleted'] });
  const empty = await bestRate(bench, emptyRoute(bench));
  bench.figures.push({ name: 'an empty route of the application', value: empty, unit: '/s' });
  const single = await bestRate(bench, () => bench.api.post('/api/webhooks/trigger', event));
  push(bench, 'triggers over HTTP', single, empty, 'the empty route');

  const hundred = { events: Array.from({ length: 100 }, () => event) };
  const batches = await bestRate(bench, () => bench.api.post('/api/webhooks/trigger/batch', hundred));
  push(bench, 'triggers over HTTP, 100 a call', batches * 100, 10_000, '10,000');

  const batch = JSON.stringify(hundred.events);
  const seconds = bench.quick ? 3 : 10;
  const emitted = await ratePerSecond(
    seconds,
    2,
    () => bench.sql`select emit_webhook_events(${batch}::text::json)`,
  );
  push(bench, 'triggers in SQL, 100 a call', emitted * 100, measured(bench, 'raw undici POST'), 'raw');
}

function push({ figures }: Bench, name: string, value: number, to: number, of: string): void {
  figures.push({ name, value, unit: '/s', ratio: value / to, of });
}

async function bestRate({ quick }: Bench, task: () => Promise<unknown>): Promise<number> {
  const rates: number[] = [];
  for (const width of widths) {
    await ratePerSecond(1, width, task); // warm
    rates.push(await ratePerSecond(quick ? 2 : 5, width, task));
  }
  return Math.max(...rates);
}

/** A route that does nothing with the same request: it answers that it does not take this method. */
function emptyRoute({ info }: Bench): () => Promise<unknown> {
  const pool = new Pool(info.url, { connections: Math.max(...widths) });
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(event);
  return async () => {
    const answer = await pool.request({ path: '/api/webhooks/trigger', method: 'PUT', headers, body });
    await answer.body.dump();
    if (answer.statusCode !== 405) throw new Error(`the empty route answered ${answer.statusCode}`);
  };
}
