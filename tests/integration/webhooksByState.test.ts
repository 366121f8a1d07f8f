import { beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { GET as listWebhooks } from '@/app/api/webhooks/route';
import { hourlySum } from '@/lib/domain/hourlySum';
import { receiverHealth, webhookState } from '@/lib/domain/receiverHealth';
import type { WebhookPage } from '@/lib/domain/webhookPage';
import { emptyTables } from '../support/emptyTables';
import { browser, call } from '../support/nextHeaders';
import { testStack } from '../support/testStack';
import { addWebhook } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * The list of webhooks: those in trouble first, by state, by name, page by page.
 */

const stack = testStack();
let asAdmin: { headers: { authorization: string } };
beforeAll(async () => {
  browser.jar.clear();
  asAdmin = { headers: { authorization: `Bearer ${await stack.accessToken('admin')}` } };
});
beforeEach(() => emptyTables(stack.sql));

async function list(query: string): Promise<WebhookPage> {
  const { status, body } = await call(listWebhooks, `/api/webhooks?${query}`, asAdmin);
  expect([status, body.code]).toEqual([200, undefined]);
  return body as WebhookPage;
}
const names = async (query: string) => (await list(query)).items.map(({ name }) => name);

async function addAll(): Promise<void> {
  const { sql } = stack;
  const day = (id: string, succeeded: number, failed: number, retried: number, hours: number) => sql`
    insert into webhook_stats_hourly (webhook_id, hour, succeeded, failed, retried, latency_histogram)
    values (${id}, date_trunc('hour', now()) - make_interval(hours => ${hours}), ${succeeded}, ${failed}, ${retried}, '{}')`;
  const failing = (id: string, failures: number, paused: string | null) => sql`
    insert into webhook_health (webhook_id, failures, paused_until) values (${id}, ${failures}, now() + ${paused}::interval)`;
  const hold = (id: string, until: string) => sql`
    insert into webhook_holds (webhook_id, held_until, slots, status_code) values (${id}, now() + ${until}::interval, 1, 429)`;
  await addWebhook(sql, { name: 'calme' });
  const good = await addWebhook(sql, { name: 'Bon' });
  await day(good, 995, 5, 0, 1);
  await day(good, 0, 100, 0, 30); // yesterday's
  await day(await addWebhook(sql, { name: 'un sur cent' }), 99, 0, 1, 2);
  await failing(await addWebhook(sql, { name: 'un échec' }), 1, null);
  await failing(await addWebhook(sql, { name: 'cinq échecs' }), 5, null);
  await failing(await addWebhook(sql, { name: 'en pause' }), 2, '1 hour');
  await failing(await addWebhook(sql, { name: 'essai' }), 2, '-1 hour');
  await hold(await addWebhook(sql, { name: 'attend' }), '1 hour');
  await hold(await addWebhook(sql, { name: 'attendait' }), '-1 hour');
  const off = await addWebhook(sql, { name: 'éteint', status: 'inactive' });
  await failing(off, 9, '1 hour');
  const gone = await addWebhook(sql, { name: 'parti', status: 'inactive' });
  await sql`update webhooks set disabled_reason = 'gone' where id = ${gone}`;
}

it('the database ranks as the console tells', async () => {
  await addAll();
  const { items, counts } = await list('sort=trouble');
  const states = items.map((webhook) =>
    webhookState(webhook, receiverHealth(webhook, hourlySum(webhook.last_24h), Date.now())),
  );
  const ranks = ['down', 'degraded', 'disabled', 'active', 'inactive'];
  expect(states).toEqual([...states].sort((one, other) => ranks.indexOf(one) - ranks.indexOf(other)));
  expect(states.filter((state) => state === 'down')).toHaveLength(3);
  expect(states.filter((state) => state === 'degraded')).toHaveLength(3);
  expect(counts).toEqual({ all: 11, troubled: 7, active: 9, inactive: 2 });
  expect((await names('state=troubled')).sort()).toEqual(
    items
      .filter((_, index) => ['down', 'degraded', 'disabled'].includes(states[index] ?? ''))
      .map(({ name }) => name)
      .sort(),
  );
  expect((await names('state=inactive')).sort()).toEqual(['parti', 'éteint']);
});

it.each(['newest', 'trouble', 'name'])('%s: page by page it is the same as at once', async (sort) => {
  await addAll();
  const all = await names(`sort=${sort}`);
  expect(all).toHaveLength(11);
  const paged: string[] = [];
  for (let cursor = ''; ; ) {
    const page = await list(`sort=${sort}&limit=3${cursor && `&cursor=${cursor}`}`);
    paged.push(...page.items.map(({ name }) => name));
    if (page.next_cursor === null) break;
    cursor = page.next_cursor;
  }
  expect(paged).toEqual(all);
});

it('words are looked for to the letter, and counted', async () => {
  await addWebhook(stack.sql, { name: '100 %' });
  await addWebhook(stack.sql, { name: '100 x' });
  await addWebhook(stack.sql, { name: 'a_b\\c' });
  expect(await names(`q=${encodeURIComponent('100 %')}`)).toEqual(['100 %']);
  expect(await names(`q=${encodeURIComponent('A_B\\C')}`)).toEqual(['a_b\\c']);
  expect((await list('q=100')).counts).toMatchObject({ all: 2 });
  expect(await names('q=_______')).toEqual([]);
});

it('ten thousand webhooks with their days are told of at once', async () => {
  await stack.sql`
    insert into webhooks (name, url, events) select 'n' || n, 'https://a.test/' || n, '{lead.created}' from generate_series(1, 10000) n`;
  await stack.sql`
    insert into webhook_stats_hourly (webhook_id, hour, succeeded, latency_histogram)
    select w.id, date_trunc('hour', now()) - make_interval(hours => h), 100, '{}' from webhooks w cross join generate_series(0, 40) h`;
  await stack.sql`analyze webhooks, webhook_stats_hourly`;
  const { items, counts } = await list('sort=trouble');
  expect([items.length, counts.all, counts.troubled]).toEqual([50, 10_000, 0]);
  // Each webhook's day is looked up, however many days the statistics hold.
  const [row] = await stack.sql`
    explain (analyze, buffers, format json) select list_webhooks_by_state(most => 51, sort => 'trouble')`;
  const plan = row?.['QUERY PLAN'][0].Plan;
  expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(400_000);
});
