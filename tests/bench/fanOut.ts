import { type Bench, replaceWebhooks, samplePayload } from './benchContext.ts';

/** Events committed per second in SQL, one a call, when 1 to 1,000 webhooks listen. Nothing is sent meanwhile. */
export async function measureFanOut(bench: Bench): Promise<void> {
  const payload = JSON.stringify(samplePayload);
  for (const webhooks of [1, 10, 100, 1000]) {
    await replaceWebhooks(bench, webhooks);
    const began = performance.now();
    const events = Math.min(bench.quick ? 200 : 1000, 20_000 / webhooks);
    await bench.sql.begin(async (sql) => {
      for (let n = 0; n < events; n++)
        await sql`select emit_webhook_event('lead.created', ${payload}::text::json)`;
      await sql`delete from webhook_queue`; // before the commit: no drain has seen them
    });
    const rate = events / ((performance.now() - began) / 1000);
    const one = bench.figures.find(({ name }) => name === fanOutName(1))?.value ?? rate;
    bench.figures.push({
      name: fanOutName(webhooks),
      value: rate,
      unit: 'events/s',
      ratio: rate / one,
      of: 'fan-out 1',
    });
  }
}

const fanOutName = (webhooks: number) => `emitted in SQL, fan-out ${webhooks.toLocaleString('en')}`;
