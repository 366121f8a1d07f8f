import { holdOpen } from './locks.ts';
import { check, type Situation } from './situation.ts';
import { addWebhooks, unlessAll } from './webhooks.ts';

/* An event is written under a key in a transaction that stays open, and others ask for the same key meanwhile. */

const repeats = 5;
const key = 'chaos-held-key';
const payload = { key, nom: 'Dupont' };

export const keys: Situation[] = [
  {
    name: 'keys: an idempotency key in an open transaction',
    promise: 'beside',
    emit: 'http',
    begin: async (product) => {
      const [target = ''] = await addWebhooks(product, ['keyed'], 'well', { events: ['lead.updated'] });
      const end = await holdOpen(
        product,
        (sql) =>
          sql`select emit_webhook_event('lead.updated', ${JSON.stringify(payload)}::text::json, ${key})`,
      );
      const emitAgain = () =>
        product.sql.begin(
          (sql) => sql`
        select emit_webhook_event('lead.updated', ${JSON.stringify(payload)}::text::json, ${key})`,
        );
      const sql = product.connect();
      const again = Array.from({ length: repeats - 1 }, () =>
        sql`select emit_webhook_event('lead.updated', ${JSON.stringify(payload)}::text::json, ${key})`.then(
          () => 'taken',
          String,
        ),
      );
      return {
        end,
        promises: async () => {
          await emitAgain();
          const answers = await Promise.all(again);
          await sql.end();
          return [
            check(
              'calls under the same key wait for its outcome and are answered',
              answers.length,
              answers.filter((answer) => answer !== 'taken'),
            ),
            check(
              'one event, delivered once',
              repeats,
              await unlessAll(product.sql, [target], { status: 'success', count: 1, withinMs: 20_000 }),
            ),
          ];
        },
      };
    },
  },
];
