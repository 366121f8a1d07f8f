import type { TransactionSql } from 'postgres';
import type { Product } from '../product.ts';
import { check, type Situation, type Trouble } from './situation.ts';
import { addWebhooks, emitMany, unlessAll } from './webhooks.ts';

/* Somebody's transaction, forgotten or long, holds rows that sending has to do with. */

/** A transaction that does something and stays open until it is told to end. */
export async function holdOpen(
  product: Product,
  use: (sql: TransactionSql) => Promise<unknown>,
): Promise<() => Promise<void>> {
  const sql = product.connect();
  const begun = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  const transaction = sql.begin(async (held) => {
    await use(held);
    begun.resolve();
    await over.promise;
  });
  transaction.catch(begun.reject);
  await begun.promise;
  return async () => {
    over.resolve();
    await transaction;
    await sql.end();
  };
}

const lock = (
  name: string,
  take: (sql: TransactionSql, webhookId: string) => Promise<unknown>,
): Situation => ({
  name: `locks: ${name}`,
  promise: 'beside',
  emit: 'http',
  begin: async (product, scale): Promise<Trouble> => {
    const waiting = scale === 'full' ? 300 : 60;
    const [target = ''] = await addWebhooks(product, ['locked'], 'slow', { events: ['lead.updated'] });
    await addWebhooks(product, ['off'], 'well', { events: ['lead.updated'], status: 'inactive' });
    // Some have been sent, so that rows of their statistics exist; some are being sent when the lock is taken.
    await emitMany(product.sql, 'lead.updated', waiting);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const end = await holdOpen(product, (sql) => take(sql, target));
    await emitMany(product.sql, 'lead.updated', waiting);
    return {
      end,
      promises: async () => [
        check(
          'what was locked is delivered, nothing of it failed',
          2 * waiting,
          await unlessAll(product.sql, [target], { status: 'success', count: 2 * waiting, withinMs: 60_000 }),
        ),
      ],
    };
  },
});

export const locks: Situation[] = [
  lock(
    'the deliveries of one webhook',
    (sql, id) => sql`select from webhook_queue where webhook_id = ${id} for update`,
  ),
  lock('one webhook', (sql, id) => sql`select from webhooks where id = ${id} for update`),
  lock('the inactive webhooks', (sql) => sql`select from webhooks where status = 'inactive' for update`),
  lock(
    'the statistics of one webhook',
    (sql, id) => sql`select from webhook_stats_hourly where webhook_id = ${id} for update`,
  ),
  lock(
    'the health of one webhook',
    (sql, id) => sql`
    insert into webhook_health (webhook_id, failing_since, last_failed_at, failures) values (${id}, now(), now(), 1)
    on conflict (webhook_id) do update set failures = 1`,
  ),
];
