import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { GET as listDeliveries } from '@/app/api/deliveries/route';
import { startTestStack, type TestStack } from '../support/database';
import { browser, call } from '../support/nextHeaders';
import { addWebhook } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * Searches of a long history, many at once: what they take from the database, which sending needs too.
 */

const rows = 120_000;

let stack: TestStack;
let asAdmin: { headers: { authorization: string } };
beforeAll(async () => {
  stack = await startTestStack();
  browser.jar.clear();
  asAdmin = { headers: { authorization: `Bearer ${await stack.accessToken('admin')}` } };
  const webhookId = await addWebhook(stack.sql, { status: 'inactive' });
  await stack.sql`
    with event as (
      insert into webhook_events (event_type, payload)
      select 'lead.created', json_build_object('id', n, 'nom', case when n = 1 then 'Aiguille' else 'Foin' end, 'texte', repeat('à lire ', 60))
      from generate_series(1, ${rows}) n order by n returning id)
    insert into webhook_queue (webhook_id, event_id, event_type, due_at)
    select ${webhookId}, id, 'lead.created', now() + interval '1 day' from event order by id`;
  await stack.sql`vacuum analyze webhook_queue, webhook_events`;
}, 120_000);
afterAll(() => stack.stop());

const search = (q: string) => call(listDeliveries, `/api/deliveries?q=${encodeURIComponent(q)}`, asAdmin);

it('a search reads to the end, or says within seconds that it did not', async () => {
  const began = performance.now();
  const { status, body } = await search('aiguille');
  const ms = performance.now() - began;
  if (status === 200) expect(body.items).toHaveLength(1);
  else expect([status, body.code]).toEqual([504, 'search_too_long']);
  expect(ms).toBeLessThan(6000);
  const newest = await search('foin');
  expect([newest.status, (newest.body.items as unknown[]).length]).toEqual([200, 50]);
});

it('thirty at once hold two connections at most, and each is answered within ten seconds', async () => {
  let isOver = false;
  let most = 0;
  const watch = async () => {
    while (!isOver) {
      const [row] = await stack.sql`
        select count(*)::int as n from pg_stat_activity where datname = current_database() and state = 'active'
          and application_name = 'supabase-api' and query ilike '%search_webhook_deliveries%'`;
      most = Math.max(most, row?.n);
      await sleep(20);
    }
  };
  const watching = watch();
  const began = performance.now();
  const searches = Array.from({ length: 30 }, async (_, n) => {
    const { status, body } = await search(`absent${n}`);
    return { status, code: body.code, ms: performance.now() - began };
  });
  // What sending needs is there meanwhile.
  const exchanges: number[] = [];
  const answers = Promise.all(searches).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    const asked = performance.now();
    const { error } = await stack.adminClient().rpc('webhook_schema_version');
    expect(error).toBeNull();
    exchanges.push(performance.now() - asked);
    await sleep(50);
  }
  await watching;
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(2);
  for (const { status, code, ms } of await answers) {
    expect([200, 429, 504]).toContain(status);
    if (status === 504) expect(code).toBe('search_too_long');
    expect(ms).toBeLessThan(10_000);
  }
  expect(exchanges.toSorted((a, b) => a - b)[Math.floor(exchanges.length / 2)]).toBeLessThan(500);
});

it('a slot is given back by a search that fails', async () => {
  await stack.sql`alter function search_webhook_deliveries rename to gone`;
  const failed = await Promise.all(['a', 'b', 'c', 'd'].map(search));
  await stack.sql`alter function gone rename to search_webhook_deliveries`;
  expect(failed.every(({ status }) => status >= 500)).toBe(true);
  expect((await search('foin')).status).toBe(200);
});
