import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { GET as cron } from '@/app/api/cron/drain-deliveries/route';
import { GET as health } from '@/app/api/health/route';
import { register } from '@/instrumentation';
import { schemaVersion } from '@/lib/domain/schemaVersion';
import { stopDrain } from '@/lib/engine/processDrain';
import { databaseSchemaFault } from '@/lib/store/schemaCheck';
import { startTestStack, type TestStack } from '../support/database';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy';

/*
 * A database of another version is refused at start, by the cron route and in health, in one sentence; one that does not tell
 * is not taken for such a one.
 */

let stack: TestStack;
let proxy: FaultProxy;
beforeAll(async () => {
  stack = await startTestStack();
  proxy = await startFaultProxy(process.env.SUPABASE_URL ?? '');
  process.env.SUPABASE_URL = proxy.url; // before lib/env is read for the first time
  process.env.NEXT_RUNTIME = 'nodejs';
});
afterAll(async () => {
  await stopDrain();
  await proxy?.close();
  await stack?.stop();
});
const forget = () => {
  for (const name of ['devlinkWebhookSchema', 'devlinkWebhookFigures'])
    Reflect.deleteProperty(globalThis, name);
};
beforeEach(forget);
afterEach(async () => {
  await proxy.fault(null);
  await say(schemaVersion);
});

const say = (version: string) =>
  stack.sql.unsafe(
    `create or replace function public.webhook_schema_version() returns text language sql immutable parallel safe return '${version}'`,
  );
const context = { params: Promise.resolve({}) };
const drain = () =>
  cron(
    new Request('http://app.test/api/cron/drain-deliveries?budget=0', {
      headers: { authorization: `Bearer ${process.env.CRON_SECRET}` },
    }),
    context,
  );

it('the schema of this version: nothing to say, asked once a minute', async () => {
  expect(await databaseSchemaFault()).toBeNull();
  await say('29990101000000');
  expect(await databaseSchemaFault()).toBeNull();
  forget();
  expect(await databaseSchemaFault()).not.toBeNull();
});

it.each([
  ['older', '20250101000000', 'npm run migrate'],
  ['newer', '29990101000000', 'install the version'],
])('a schema that is %s', async (which, version, cure) => {
  await say(version);
  await expect(register()).rejects.toThrow(new RegExp(`\\(${version}\\) is ${which}.*${cure}`));
  forget();
  const refused = await drain();
  expect(refused.status).toBe(503);
  expect(await refused.json()).toMatchObject({
    code: 'schema_mismatch',
    detail: expect.stringContaining(cure),
  });
  const answer = await health(new Request('http://app.test/api/health'), context);
  expect(answer.status).toBe(503);
  const { status, warnings } = (await answer.json()) as { status: string; warnings: string[] };
  expect([status, warnings.filter((warning) => warning.includes(cure)).length]).toEqual(['unavailable', 1]);
});

it('a schema that was mended counts within some seconds, without a new start', async () => {
  await say('20250101000000');
  expect((await drain()).status).toBe(503);
  await say(schemaVersion);
  await expect.poll(async () => (await drain()).status, { timeout: 10_000, interval: 300 }).toBe(200);
});

it.each([
  ['hangs', { kind: 'hang' }],
  ['is not there', { kind: 'refuse' }],
  ['is a gateway’s page', { kind: 'answer' }],
] as const)('an API that %s is no database of another version, and holds up no start', async (_, fault) => {
  await proxy.fault(fault);
  const began = performance.now();
  expect(await databaseSchemaFault()).toBeNull();
  expect(performance.now() - began).toBeLessThan(3000);
});

it('a database without our schema', async () => {
  await proxy.fault({ kind: 'answer', status: 404, body: '{"code":"PGRST202","message":"no function"}' });
  expect(await databaseSchemaFault()).toContain('does not have the schema');
});
