import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkHosted } from '../../scripts/stack/hostedCheck';
import { newestVersion } from '../../scripts/stack/postgres/migrations';
import { startTestStack, type TestStack } from '../support/database';

/*
 * What `npm start` says of a project of one's own before it starts anything on it.
 */

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());

const project = () => ({
  url: stack.supabaseUrl,
  publishable_key: stack.publishableKey,
  secret_key: stack.secretKey,
});
const check = (change: object = {}) => checkHosted({ supabase: { ...project(), ...change } });

it('nothing, when keys and schema are right', async () => {
  await check();
});

const refusal = 'SUPABASE_SECRET_KEY n’est pas acceptée';

it('names a secret key that is a wrong one', async () => {
  const secret_key = 'sb_secret_000000000000000000000000_00000000';
  await expect(check({ secret_key })).rejects.toThrow(refusal);
});

it('names a secret key that is the publishable one', { tags: ['publishable'] }, async () => {
  await expect(check({ secret_key: stack.publishableKey })).rejects.toThrow(refusal);
});

it('names a publishable key that is not', async () => {
  const refused = check({ publishable_key: 'sb_publishable_0000000000000000000000_00000000' });
  await expect(refused).rejects.toThrow('SUPABASE_PUBLISHABLE_KEY n’est pas acceptée');
});

it.each([
  ['plus ancien', '20250101000000'],
  ['plus récent', '29990101000000'],
])('names a schema that is %s', async (which, version) => {
  const say = (value: string) =>
    stack.sql.unsafe(
      `create or replace function public.webhook_schema_version() returns text language sql immutable parallel safe return '${value}'`,
    );
  await say(version);
  await expect(check()).rejects.toThrow(`(${version}) est ${which}`);
  await say(newestVersion());
});

it('names a project that does not answer', async () => {
  // Port 1 of this machine: nobody listens there.
  await expect(check({ url: 'http://127.0.0.1:1' })).rejects.toThrow('ne répond pas comme prévu');
});

it('names a schema that is missing', async () => {
  await stack.sql`drop function public.webhook_schema_version()`;
  await expect(check()).rejects.toThrow('schéma de DevLink Webhooks manque');
});
