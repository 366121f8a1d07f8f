import { check, type Situation } from './situation.ts';
import { addWebhooks, type unlessAll } from './webhooks.ts';

/* Payloads that no emit would take are in the queue all the same. */

const deep = (name: string, json: string): Situation => ({
  name: `deep: ${name}`,
  promise: 'beside',
  emit: 'http',
  begin: async (product) => {
    const { sql } = product;
    const count = 10;
    const scripted = { transform_enabled: true, transform_script: 'return payload;' };
    const plain = await addWebhooks(product, ['deep'], 'well', { events: ['file.uploaded'] });
    const transformed = await addWebhooks(product, ['deep-scripted'], 'well', {
      events: ['file.uploaded'],
      ...scripted,
    });
    const ids = [...plain, ...transformed];
    for (const id of ids) {
      await sql`
        with event as (
          insert into webhook_events (event_type, payload) select 'lead.deleted', ${json}::text::json
          from generate_series(1, ${count}::int) returning id
        ) insert into webhook_queue (webhook_id, event_id, event_type) select ${id}, id, 'lead.deleted' from event`;
    }
    return {
      end: async () => {},
      promises: async () => {
        // Whatever becomes of it (sent as it is, or refused with a reason), it does not stay in the queue.
        const ended = await unlessEnded(product.sql, ids);
        return [check('each comes to its own end', ids.length * count, ended)];
      },
    };
  },
});

async function unlessEnded(sql: Parameters<typeof unlessAll>[0], ids: string[]): Promise<string[]> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const [row] = await sql<{ left: number }[]>`
      select count(*)::int as left from webhook_queue where webhook_id = any (${ids})`;
    if (row?.left === 0) return [];
    if (Date.now() > deadline) return [`${row?.left} are still queued`];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const nested = (depth: number, open: string, close: string) => `${open.repeat(depth)}1${close.repeat(depth)}`;

export const deepPayloads: Situation[] = [
  deep('objects, 8,000 levels', nested(8000, '{"a":', '}')),
  deep('arrays, 6,000 levels', nested(6000, '[', ']')),
];
