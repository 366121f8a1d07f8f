import { beforeAll, expect, it, vi } from 'vitest';
import { GET as listDeliveries } from '@/app/api/deliveries/route';
import { GET as listEvents } from '@/app/api/events/route';
import { emptyTables } from '../support/emptyTables';
import { browser } from '../support/nextHeaders';
import { testStack } from '../support/testStack';
import { addWebhook } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * Lists as files: all pages of them, with the filters, rights and names of the lists.
 */

const stack = testStack();
const many = 450; // three pages
beforeAll(async () => {
  await emptyTables(stack.sql);
  await addWebhook(stack.sql, { name: '=cmd|calc', status: 'active' });
  await stack.sql`
    select emit_webhook_event('lead.created', json_build_object('id', 'L' || n, 'nom', '+33 "6" ' || n, 'prenom', 'é')) from generate_series(1, ${many}) n`;
});

/** The file, and what of it was answered before anything was sent. */
async function fetchCsv(handler: typeof listDeliveries, path: string, role: 'admin' | 'member' = 'admin') {
  browser.jar.clear();
  browser.headers = new Headers({ authorization: `Bearer ${await stack.accessToken(role)}` });
  const request = new Request(`http://app.test${path}`, { headers: browser.headers });
  return handler(request, { params: Promise.resolve({}) });
}

it('all of a list comes as a file, newest first, each once', async () => {
  const response = await fetchCsv(listDeliveries, '/api/deliveries?format=csv&limit=1');
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="deliveries.csv"');
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect([...bytes.slice(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const lines = new TextDecoder().decode(bytes).trimEnd().split('\r\n');
  expect(lines[0]).toMatch(/^id,created_at,finished_at,webhook_id,webhook_name,/);
  expect(lines).toHaveLength(many + 1);
  const ids = lines.slice(1).map((line) => line.split(',')[0] ?? '');
  expect(ids).toEqual([...new Set(ids)].sort().reverse());
  expect(lines[1]).toContain("'=cmd|calc");
  expect(lines[1]).toContain(`"é +33 ""6"" ${many}"`);
});

it('a file has the filters of the list', async () => {
  const rows = async (handler: typeof listDeliveries, path: string) =>
    (await (await fetchCsv(handler, path)).text()).trimEnd().split('\r\n').length - 1;
  expect(await rows(listDeliveries, '/api/deliveries?format=csv&record_id=L7')).toBe(1);
  expect(await rows(listDeliveries, '/api/deliveries?format=csv&status=failed')).toBe(0);
  expect(await rows(listEvents, '/api/events?format=csv')).toBe(many);
  expect(await rows(listEvents, '/api/events?format=csv&type=lead.updated')).toBe(0);
});

it('a refusal is a problem, and no file', async () => {
  const refused = [
    [await fetchCsv(listDeliveries, '/api/deliveries?format=csv', 'member'), 403],
    [await fetchCsv(listDeliveries, '/api/deliveries?format=xls'), 422],
    [await fetchCsv(listEvents, '/api/events?format=csv', 'member'), 403],
  ] as const;
  for (const [response, status] of refused) {
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  }
});
