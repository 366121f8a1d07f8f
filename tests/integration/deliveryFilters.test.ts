import { beforeAll, expect, it, vi } from 'vitest';
import { GET as listDeliveries } from '@/app/api/deliveries/route';
import { browser, call } from '../support/nextHeaders';
import { testStack } from '../support/testStack';
import { addWebhook } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * Deliveries by the code of their answer, the cause of their failure, their type and their record: among very many that
 * simply succeeded.
 */

const many = 100_000;
const failures = [
  { status: 'failed', code: 404, kind: 'status' },
  { status: 'failed', code: 422, kind: 'status' },
  { status: 'failed', code: 503, kind: 'status' },
  { status: 'failed', code: null, kind: 'dns' },
  { status: 'failed', code: 429, kind: 'cancelled' },
  { status: 'skipped', code: 500, kind: 'superseded' },
];

const stack = testStack();
let asAdmin: { headers: { authorization: string } };
beforeAll(async () => {
  browser.jar.clear();
  asAdmin = { headers: { authorization: `Bearer ${await stack.accessToken('admin')}` } };
  const webhook = await addWebhook(stack.sql, { status: 'inactive' });
  const [event] = await stack.sql<{ id: string }[]>`
    insert into webhook_events (event_type, payload) values ('lead.created', '{"id": "L 1", "nom": "Foin"}') returning id`;
  const store = (rows: object[]) => stack.sql`
    insert into webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_status_code, last_error_kind, created_at)
    select webhook_uuid_v7(), ${webhook}, ${event?.id ?? ''}, 'lead.created', false, r.status, 0, 1, 1, r.code, r.kind, now()
    from jsonb_to_recordset(${stack.sql.json(rows as never)}) as r(status text, code integer, kind text)`;
  await store(failures);
  await stack.sql`
    insert into webhook_history (id, webhook_id, event_id, event_type, is_test, status, retry_count, attempt_count, fence,
      last_status_code, created_at)
    select webhook_uuid_v7(), ${webhook}, ${event?.id ?? ''}, 'lead.created', false, 'success', 0, 1, 1, 200, now()
    from generate_series(1, ${many}) n`;
  await stack.sql`
    insert into webhook_queue (webhook_id, event_id, event_type, retry_count, last_status_code, last_error_kind)
    values (${webhook}, ${event?.id ?? ''}, 'lead.created', 1, 502, 'status')`;
  await stack.sql`vacuum analyze webhook_history, webhook_queue`;
}, 120_000);

type Row = { last_status_code: number | null; last_error_kind: string | null };
const list = async (query: string) => {
  const { status, body } = await call(listDeliveries, `/api/deliveries?${query}`, asAdmin);
  const rows = (body.items ?? []) as Row[];
  return [status, rows.map((row) => row.last_status_code ?? row.last_error_kind)];
};

it.each([
  ['status_code=404', [404]],
  ['status_code=4xx', [429, 422, 404]],
  ['status_code=5xx', [502, 500, 503]],
  ['status_code=5xx&status=failed', [503]],
  ['status_code=3xx', []],
  ['error_kind=dns', ['dns']],
  ['error_kind=dns,cancelled', [429, 'dns']],
  ['error_kind=status&status_code=4xx&event_type=lead.created', [422, 404]],
  ['error_kind=status&event_type=lead.updated', []],
  // Among the words of a search, and of a record.
  ['status_code=4xx&q=foin', [429, 422, 404]],
  ['error_kind=dns&record_id=L%201', ['dns']],
  ['error_kind=dns&record_id=L', []],
])('%s', async (query, expected) => {
  expect(await list(query)).toEqual([200, expected]);
});

it.each(['status_code=200', 'status_code=4x', 'status_code=99999', 'error_kind=none', 'error_kind='])(
  'refuses %s',
  async (query) => {
    expect((await call(listDeliveries, `/api/deliveries?${query}`, asAdmin)).status).toBe(422);
  },
);

it('a rare one is found without reading those that succeeded', async () => {
  const [row] = await stack.sql`
    explain (analyze, buffers, format json)
    select id, status, record_label from webhook_deliveries
    where last_error_kind is not null and last_status_code >= 404 and last_status_code < 405
    order by id desc limit 51`;
  const plan = row?.['QUERY PLAN'][0].Plan;
  expect(plan['Shared Hit Blocks'] + plan['Shared Read Blocks']).toBeLessThan(200);
});
