import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { GET as getManifest } from '@/app/api/webhooks/[webhookId]/manifest/route';
import type { ManifestItem } from '@/lib/domain/reconciliation';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { browser, call } from '../support/nextHeaders';
import { addWebhook, claimAll, givenUp, resultOf, settle, unknownId } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * What a receiver took, with the digest of each body: as it was sent, whether it was stored or is made again.
 */

let stack: TestStack;
let asAdmin: { headers: { authorization: string } };
let webhookId: string;
beforeAll(async () => {
  stack = await startTestStack();
  browser.jar.clear();
  asAdmin = { headers: { authorization: `Bearer ${await stack.accessToken('admin')}` } };
});
afterAll(() => stack.stop());
beforeEach(async () => {
  await emptyTables(stack.sql);
  webhookId = await addWebhook(stack.sql);
});

const emit = (payload: string) =>
  stack.sql`select emit_webhook_event('lead.created', ${payload}::text::json)`;
/** Settles what waits, in the order of its events. */
async function settleWith(...results: Parameters<typeof resultOf>[1][]) {
  const items = (await claimAll(stack.adminClient())).sort((a, b) => a.id.localeCompare(b.id));
  await settle(
    stack.adminClient(),
    items.map((item, at) => resultOf(item, results[at])),
  );
  return items;
}
const ask = (query = '', id = webhookId) =>
  call(getManifest, `/api/x?${query}`, { ...asAdmin, params: { webhookId: id } });
const list = async (query = '') =>
  (await ask(query)).body as unknown as { items: ManifestItem[]; next_cursor: string | null };
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

it('has what was taken, newest first, with the digest of what was sent', async () => {
  await emit('{"id": 1, "nom": "Zoë"}');
  await emit('{"id": 2, "nom": "b"}');
  await emit('{"id": 3, "nom": "c"}');
  await emit('{"id": 4, "nom": "d"}');
  const items = await settleWith(
    { request_format: 'envelope', request_body: undefined },
    { request_format: 'raw', request_body: undefined },
    { request_format: undefined, request_body: '{"changé":true}' },
    givenUp(),
  );
  const { items: found } = await list();
  expect(found.map(({ id }) => id)).toEqual(
    items
      .slice(0, 3)
      .map(({ id }) => id)
      .reverse(),
  );
  expect(found.map(({ record_id }) => record_id)).toEqual(['3', '2', '1']);
  const [first] = await stack.sql`select occurred_at from webhook_events order by id limit 1`;
  const sent = `{"event_type":"lead.created","payload":{"id":1,"nom":"Zoë"},"timestamp":"${first?.occurred_at.toISOString()}"}`;
  expect(found.map(({ sha256 }) => sha256)).toEqual(
    ['{"changé":true}', '{"id":2,"nom":"b"}', sent].map(digest),
  );
  const page = await list('limit=2');
  expect([page.items.length, page.next_cursor]).toEqual([2, found[1]?.id]);
  expect((await list(`limit=2&cursor=${page.next_cursor}`)).items).toEqual(found.slice(2));
  expect((await list('to=2020-01-01T00:00:00Z')).items).toEqual([]);
  expect((await list('from=2020-01-01T00:00:00Z')).items).toHaveLength(3);
});

it('has no digest of what was erased', async () => {
  await emit('{"id": "a", "nom": "b"}');
  await settleWith({ request_format: 'envelope', request_body: undefined });
  await stack.sql`select erase_webhook_record('a')`;
  expect((await list()).items).toMatchObject([{ record_id: 'a', sha256: null }]);
});

it('is refused for what is no webhook, and for what is no time', async () => {
  expect((await ask('', unknownId())).body.code).toBe('webhook_not_found');
  expect((await ask('from=yesterday')).status).toBe(422);
});
