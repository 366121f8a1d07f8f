import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, emitMany, replaceWebhooks } from './benchContext.ts';

/** Events at once to a receiver that takes five a second and answers 429 with Retry-After: 1 to the others. */
export async function measureThrottled(bench: Bench): Promise<void> {
  const events = bench.quick ? 50 : 150;
  const perSecond = 5;
  await replaceWebhooks(bench, 1);
  await bench.receiver.tell({ do: 'behave', path: '/0', perSecond });
  await bench.sql`truncate webhook_history, webhook_attempts`;
  await bench.receiver.tell({ do: 'reset' });
  const began = performance.now();
  await emitMany(bench, 'lead.created', events);
  let ended = { delivered: 0, failed: 0 };
  while (ended.delivered + ended.failed < events) {
    if (performance.now() - began > 180_000) break;
    await sleep(50);
    const [row] = await bench.sql<{ delivered: number; failed: number }[]>`
      select count(*) filter (where status = 'success')::int as delivered, count(*) filter (where status = 'failed')::int as failed
      from webhook_history`;
    if (row) ended = row;
  }
  const seconds = (performance.now() - began) / 1000;
  const { count } = await bench.receiver.tell({ do: 'report' });
  const own = events / perSecond;
  bench.figures.push(
    {
      name: `429 to all but ${perSecond} a second: delivered of ${events}`,
      value: ended.delivered,
      unit: '',
    },
    {
      name: '429: until the last is delivered',
      value: seconds,
      unit: 's',
      ratio: seconds / own,
      of: "the receiver's own time",
    },
    { name: '429: requests for each event', value: count / events, unit: '' },
  );
  await bench.receiver.tell({ do: 'behave', path: '/0' });
}
