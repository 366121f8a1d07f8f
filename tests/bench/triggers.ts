import { ratePerSecond } from './benchApi.ts';
import { type Bench, measured, replaceWebhooks, samplePayload } from './benchContext.ts';

/** Triggers accepted per second, nobody listening, so that sending does not share the machine. */
export async function measureTriggers(bench: Bench): Promise<void> {
  await replaceWebhooks(bench, 1, { events: ['file.deleted'] });
  const seconds = bench.quick ? 3 : 10;
  const trigger = () =>
    bench.api.post('/api/webhooks/trigger', { event_type: 'lead.created', payload: samplePayload });
  await ratePerSecond(1, 16, trigger);
  const single = await ratePerSecond(seconds, 16, trigger);
  const raw = measured(bench, 'raw undici POST');
  bench.figures.push({
    name: 'triggers over HTTP',
    value: single,
    unit: '/s',
    ratio: single / raw,
    of: 'raw',
  });

  const batch = JSON.stringify(
    Array.from({ length: 100 }, () => ({ event_type: 'lead.created', payload: samplePayload })),
  );
  const emitted = await ratePerSecond(
    seconds,
    2,
    () => bench.sql`select emit_webhook_events(${batch}::text::json)`,
  );
  bench.figures.push({
    name: 'triggers in SQL, 100 a call',
    value: emitted * 100,
    unit: '/s',
    ratio: (emitted * 100) / raw,
    of: 'raw',
  });
}
