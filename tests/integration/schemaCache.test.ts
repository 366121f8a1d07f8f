import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { boundedFetch } from '@/lib/store/timeLimits';
import { startTestStack, type TestStack } from '../support/database';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/faultProxy';

/*
 * Just after a migration PostgREST does not know yet what is new: what it then answers, status, code and headers, is played
 * by a proxy in front of the local API.
 */

let stack: TestStack;
let proxy: FaultProxy;
let client: SupabaseClient;

beforeAll(async () => {
  stack = await startTestStack();
  proxy = await startFaultProxy(stack.supabaseUrl);
  client = createClient(proxy.url, stack.secretKey, {
    db: { retry: false },
    global: { fetch: boundedFetch() },
    auth: { persistSession: false, autoRefreshToken: false },
  });
});
afterAll(async () => {
  await proxy.close();
  await stack.stop();
});
beforeEach(() => proxy.fault(null));

const unknown = (status: number, code: string, message: string): Fault => ({
  kind: 'answer',
  status,
  body: JSON.stringify({ code, details: null, hint: null, message }),
  headers: {
    'content-type': 'application/json; charset=utf-8',
    'proxy-status': `PostgREST; error=${code}`,
    'content-length': String(Buffer.byteLength(JSON.stringify({ code, details: null, hint: null, message }))),
  },
});
const noFunction = unknown(
  404,
  'PGRST202',
  'Could not find the function public.webhook_schema_version without parameters in the schema cache',
);
const noTable = unknown(404, 'PGRST205', "Could not find the table 'public.webhooks' in the schema cache");
const noColumn = unknown(
  400,
  'PGRST204',
  "Could not find the 'name' column of 'webhooks' in the schema cache",
);

const verb = () => client.rpc('webhook_schema_version');
const read = () => client.from('webhooks').select('id');
const write = () =>
  client.from('webhooks').insert({ name: 'Nouveau', url: 'https://a.test/', events: ['lead.created'] });

it.each([
  ['a function', noFunction, verb, 200],
  ['a table', noTable, read, 200],
  ['a column', noColumn, write, 201],
])('%s that the API does not know yet is asked for again, and done once', async (_, fault, ask, status) => {
  const before = proxy.struck();
  await proxy.fault(fault);
  const answer = ask().then((told) => told);
  await proxy.untilStruck(before + 1);
  await proxy.fault(null);
  expect(await answer).toMatchObject({ status, error: null });
  expect(await stack.sql`select from webhooks`).toHaveLength(status === 201 ? 1 : 0);
});

it('what stays unknown is told within a second, as it was answered', async () => {
  await proxy.fault(noFunction);
  const [before, began] = [proxy.seen(), performance.now()];
  expect(await verb()).toMatchObject({ status: 404, error: { code: 'PGRST202' } });
  expect(performance.now() - began).toBeLessThan(1500);
  expect(proxy.seen() - before).toBe(4);
});

it('any other refusal is told at once', async () => {
  const before = proxy.seen();
  await proxy.fault(unknown(404, '42P01', 'relation does not exist'));
  expect(await read()).toMatchObject({ status: 404, error: { code: '42P01' } });
  await proxy.fault(unknown(400, 'PGRST102', 'Empty or invalid json'));
  expect(await verb()).toMatchObject({ status: 400, error: { code: 'PGRST102' } });
  expect(proxy.seen() - before).toBe(2);
});
