import { setTimeout as sleep } from 'node:timers/promises';
import type { Answered, Product } from '../product.ts';
import { check, type Scale, type Situation } from './situation.ts';
import { addWebhooks, emitMany, outcomes, outcomeText, until } from './webhooks.ts';

/* What a person does to a webhook with a long queue: the request is quick, the work goes on beside the sending. */

/** Milliseconds that a person's request may take, whatever waits; in a run of seconds other tests share the machine. */
const most: Record<Scale, number> = { short: 1500, full: 300 };

type Asked = {
  /** What the person does. */
  ask(product: Product, webhookId: string): Promise<Answered>;
  /** Whether it has come to its end, as the database shows. */
  isDone(product: Product, webhookId: string): Promise<boolean>;
  /** How the webhook's receiver behaves before. */
  prepare?(product: Product, webhookId: string, waiting: number): Promise<void>;
};

const verb = (name: string, { ask, isDone, prepare }: Asked): Situation => ({
  name: `verbs: ${name} under a backlog`,
  promise: 'beside',
  emit: 'http',
  begin: async (product, scale) => {
    const { sql } = product;
    const waiting = scale === 'full' ? 200_000 : 10_000;
    const [target = ''] = await addWebhooks(product, ['piled'], 'slow', { events: ['file.deleted'] });
    await emitMany(sql, 'file.deleted', waiting);
    await prepare?.(product, target, waiting);
    await sleep(500);
    const answered = await ask(product, target);
    return {
      end: async () => {},
      promises: async () => {
        const done = await until(() => isDone(product, target), 240_000);
        const mostMs = most[scale];
        const quick = answered.status >= 200 && answered.status < 300 && answered.ms <= mostMs;
        return [
          check(
            `the request is answered within ${mostMs} ms`,
            1,
            quick
              ? []
              : [`${answered.status} after ${answered.ms.toFixed(0)} ms ${answered.body.slice(0, 200)}`],
          ),
          check('it comes to its end', waiting, done ? [] : [outcomeText(await outcomes(sql, [target]))]),
        ];
      },
    };
  },
});

const nothingWaits = async ({ sql }: Product, id: string) =>
  (await sql`select from webhook_queue where webhook_id = ${id} limit 1`).length === 0;

export const verbs: Situation[] = [
  verb('switch off', {
    ask: ({ call }, id) => call('PATCH', `/api/webhooks/${id}`, { status: 'inactive' }),
    isDone: async ({ sql }, id) =>
      (await sql`select from webhook_queue where webhook_id = ${id} and locked_until > now() limit 1`)
        .length === 0,
  }),
  verb('delete', {
    ask: ({ call }, id) => call('DELETE', `/api/webhooks/${id}`),
    isDone: async (product, id) =>
      (await nothingWaits(product, id)) &&
      (await product.sql`select from webhooks where id = ${id}`).length === 0,
  }),
  verb('cancel', {
    ask: ({ call }, id) => call('POST', `/api/webhooks/${id}/cancel`),
    isDone: nothingWaits,
  }),
  verb('replay', {
    // Everything has failed, and is to be sent again.
    prepare: async ({ sql, receivers }, id) => {
      await sql`
        with gone as (delete from webhook_queue where webhook_id = ${id} and locked_until is null returning *)
        insert into webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
          last_error_kind, last_error, created_at)
        select id, webhook_id, event_id, event_type, false, 'failed', 3, 4, fence, 'status', 'made up', created_at from gone`;
      await receivers.behave('piled', 'well');
    },
    ask: ({ call }, id) =>
      call('POST', '/api/deliveries/replay', {
        webhook_id: id,
        from: new Date(Date.now() - 3_600_000).toISOString(),
      }),
    isDone: async ({ sql }, id) => {
      const left = await sql`
        select from webhook_history where webhook_id = ${id} and status = 'failed' limit 1`;
      return left.length === 0;
    },
  }),
];
