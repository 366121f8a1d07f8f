import type { SupabaseClient } from '@supabase/supabase-js';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { ClaimedItem } from '@/lib/store/claimSchema';
import { emptyTables } from '../support/emptyTables';
import { testStack } from '../support/testStack';
import {
  addWebhook,
  claim,
  dataOf,
  givenUp,
  queueDeliveries,
  resultOf,
  retryAfter,
  settle,
} from '../support/webhooks';

/*
 * Whatever becomes of a webhook is written in one row. What waits for it may be a million rows: those are not touched in
 * the statement that changes the webhook, whoever makes it, and so nobody waits for as long as they would take.
 */

const stack = testStack();
let admin: SupabaseClient;
beforeAll(async () => {
  admin = await stack.clientFor('admin');
});
beforeEach(async () => {
  await emptyTables(stack.sql);
});

type Change = (webhookId: string, flying: ClaimedItem[]) => Promise<unknown>;
const update =
  (fields: object): Change =>
  async (id) =>
    dataOf(await admin.from('webhooks').update(fields).eq('id', id));
const verb =
  (name: string, args: object = {}): Change =>
  async (webhook_id) =>
    dataOf(await admin.rpc(name, { webhook_id, ...args }));
const results =
  (fields: Parameters<typeof resultOf>[1], count = 1): Change =>
  (_, flying) =>
    settle(
      stack.adminClient(),
      flying.slice(0, count).map((item) => resultOf(item, fields)),
    );
const afterwards =
  (first: Change, then: Change): Change =>
  async (id, flying) => {
    await first(id, flying);
    return then(id, flying);
  };

it.each<[what: string, change: Change]>([
  ['switched off', update({ status: 'inactive' })],
  ['switched on', afterwards(update({ status: 'inactive' }), update({ status: 'active' }))],
  ['activated', afterwards(update({ status: 'inactive' }), verb('activate_webhook', { waiting: 'send' }))],
  [
    'activated without what waits',
    afterwards(update({ status: 'inactive' }), verb('activate_webhook', { waiting: 'cancel' })),
  ],
  ['given another URL', update({ url: 'https://other.test/' })],
  [
    'given other headers, a rate and fewer slots',
    update({ headers: { 'X-A': 'b' }, rate_limit: 5, max_in_flight: 1 }),
  ],
  [
    'given another secret',
    async (webhook_id) =>
      dataOf(await admin.rpc('rotate_webhook_secret', { webhook_id, secret: 'signing_secret' })),
  ],
  ['deleted', verb('delete_webhook')],
  ['deleted as a row', (id) => stack.sql`delete from webhooks where id = ${id}`],
  ['rid of all that waits', verb('cancel_waiting_deliveries')],
  ['told 410', results(givenUp('gone'))],
  ['told 410 by several at once', results(givenUp('gone'), 20)],
  [
    'asked to wait',
    results({ ...retryAfter(60_000), keeps_retry: true, hold_ms: 60_000, fault: 'throttle' }),
  ],
  ['paused after 20 outages', results(retryAfter(1000), 20)],
  [
    'switched off after five days of failures',
    async (id) => {
      await stack.sql`
        insert into webhook_health (webhook_id, failures, failing_since, last_failed_at)
        values (${id}, 40, now() - interval '6 days', now())`;
      expect(dataOf(await stack.adminClient().rpc('disable_failing_webhooks'))).toBe(1);
    },
  ],
])('a webhook for which 3,000 wait is %s: none of them is written', async (_, change) => {
  const webhookId = await addWebhook(stack.sql, { max_in_flight: 30 });
  await queueDeliveries(stack.sql, webhookId, 3030);
  const { batch } = await claim(stack.adminClient());
  expect(batch.items).toHaveLength(30);
  // Each version of a row has a place and a writer of its own.
  const waiting = () => stack.sql`
    select count(*)::int as rows, md5(string_agg(id || ctid::text || xmin::text, ' ' order by id)) as versions
    from webhook_queue where locked_until is null and retry_count = 0 and attempt_count = 0 and fence = 0`;
  const before = await waiting();
  expect(before[0]?.rows).toBe(3000);
  await change(webhookId, batch.items);
  expect(await waiting()).toEqual(before);
});
