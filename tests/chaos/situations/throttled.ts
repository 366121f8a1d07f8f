import { saysHeld } from './named.ts';
import { check, type Situation } from './situation.ts';
import { addWebhooks, emitMany, unlessAll } from './webhooks.ts';

/* A receiver takes 5 requests a second and answers 429 with Retry-After: 1 to the others. */

export const throttled: Situation[] = [
  {
    name: 'throttled: 429 to all but 5 requests a second',
    promise: 'beside',
    emit: 'http',
    begin: async (product, scale) => {
      const count = scale === 'full' ? 150 : 30;
      const began = Date.now();
      const [target = ''] = await addWebhooks(product, ['throttled'], 'throttled', {
        events: ['lead.updated'],
        retry_delay: 5,
      });
      await emitMany(product.sql, 'lead.updated', count);
      const all = unlessAll(product.sql, [target], { status: 'success', count, withinMs: 120_000 }).then(
        (broken) => ({
          broken,
          ms: Date.now() - began,
        }),
      );
      return {
        named: saysHeld('throttled'),
        end: async () => {},
        promises: async () => {
          const { broken, ms } = await all;
          const most = 1.5 * (count / 5) * 1000 + 1000;
          return [
            check('all are delivered, none for lack of retries', count, broken),
            check(
              'within 1.5 times what the receiver takes',
              count,
              ms <= most ? [] : [`${ms} ms of ${most}`],
            ),
          ];
        },
      };
    },
  },
];
