import { percentile } from '../../bench/table.ts';
import { check, type Scale, type Situation } from './situation.ts';
import { addWebhooks, emitMany, named, until } from './webhooks.ts';

/* Scripts that never end for one payload in ten. */

/** Payloads after which a script is known to come to its end. */
const known = 60;
/** Milliseconds that a benign script may wait; in a run of seconds other tests share the machine. */
const most: Record<Scale, number> = { short: 4000, full: 1500 };

export const scripts: Situation[] = [
  {
    name: 'scripts: twelve webhooks whose script hangs on one payload in ten',
    promise: 'beside',
    emit: 'http',
    begin: async (product, scale) => {
      const { sql } = product;
      const count = scale === 'full' ? 200 : 30;
      const script = (body: string) => ({ transform_enabled: true, transform_script: body });
      await addWebhooks(product, named('hanging', 12), 'well', {
        events: ['lead.updated'],
        ...script('while (payload.n % 10 === 0); return payload;'),
      });
      await addWebhooks(product, ['benign'], 'well', {
        events: ['lead.created'],
        ...script('return { ...payload, seen: true };'),
      });
      // One that has run before, as nearly every script has: what has not is tried among those that hang.
      await emitMany(sql, 'lead.created', known);
      await until(
        async () =>
          (await sql`select from webhook_queue where event_type = 'lead.created' limit 1`).length === 0,
        20_000,
      );
      const from = (await product.receivers.received()).length;
      await emitMany(sql, 'lead.updated', count);
      return {
        end: async () => {},
        promises: async () => {
          await until(
            async () =>
              (await sql`select from webhook_queue where event_type = 'lead.created' limit 1`).length === 0,
            30_000,
          );
          const delays = (await product.receivers.received(from))
            .filter(({ webhook }) => webhook === 'benign')
            .map(({ delayMs }) => delayMs);
          const p99 = percentile(delays, 0.99);
          return [
            check(
              `a benign script waits at most ${most[scale] / 1000} s (p99)`,
              delays.length,
              p99 <= most[scale] ? [] : [`${p99.toFixed(0)} ms`],
            ),
          ];
        },
      };
    },
  },
];
