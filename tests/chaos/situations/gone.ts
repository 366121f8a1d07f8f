import { saysHeld } from './named.ts';
import { check, type Situation } from './situation.ts';
import { addWebhooks, emitMany, named, outcomes, outcomeText, until } from './webhooks.ts';

/* Receivers answer 410 while much waits for them: each webhook is switched off, what waits is not touched. */

export const gone: Situation[] = [
  {
    name: 'gone: three receivers answer 410, with a long queue each',
    promise: 'beside',
    emit: 'http',
    begin: async (product, scale) => {
      const { sql } = product;
      const waiting = scale === 'full' ? 200_000 : 5000;
      // They take turns: each has its whole queue when its first answer comes.
      const ids = await addWebhooks(product, named('gone', 3), 'gone', { events: ['file.deleted'] });
      await emitMany(sql, 'file.deleted', waiting);
      return {
        named: saysHeld('inactive'),
        end: async () => {},
        promises: async () => {
          const off = await until(async () => {
            const rows = await sql`select from webhooks where id = any (${ids}) and disabled_reason = 'gone'`;
            return rows.length === 3;
          }, 30_000);
          const found = await outcomes(sql, ids);
          const kept = found.reduce((sum, { deliveries }) => sum + deliveries, 0) === 3 * waiting;
          return [
            check('they are switched off', 3, off ? [] : ['not all']),
            check('what waits is kept', 3 * waiting, kept ? [] : [outcomeText(found)]),
          ];
        },
      };
    },
  },
];
