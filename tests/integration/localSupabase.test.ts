// @module-tag local
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setPassword } from '../../scripts/stack/api/accounts';
import { testAccounts } from '../support/accounts';
import { startTestStack, type TestStack } from '../support/database';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
  await stack.sql.unsafe(`
    set role postgres;
    create function public.echo_json(value json) returns text language sql as 'select value::text';
    create function public.echo_jsonb_type(value jsonb) returns text language sql as 'select jsonb_typeof(value)';
    create function public.time_limit() returns text language sql as $$ select current_setting('statement_timeout') $$;
    create function public.sleep(seconds float8) returns void language sql as 'select pg_sleep(seconds)';
    create table public.closed_notes (id int primary key, body json);
    alter table public.closed_notes enable row level security;
    create policy everyone on public.closed_notes for all using (true) with check (true);
    grant all on public.closed_notes to service_role;
    grant execute on function public.echo_json, public.echo_jsonb_type to service_role;
    grant execute on function public.time_limit, public.sleep to anon, authenticated, service_role;
    reset role;
  `);
});
afterAll(() => stack.stop());

const sessionsOf = (email: string) => stack.sql<{ count: number }[]>`
  select count(*)::int from auth.sessions where user_id = (select id from auth.users where email = ${email})`;

describe('the Supabase API of the local stack', () => {
  it('hands a json argument to a function once encoded, in the sender’s key order', async () => {
    const { data } = await stack.adminClient().rpc('echo_json', { value: { z: 1, a: ['é', null] } });
    expect(data).toBe('{"z":1,"a":["é",null]}');
    const { data: type } = await stack.adminClient().rpc('echo_jsonb_type', { value: { a: 1 } });
    expect(type).toBe('object');
  });

  it('gives a statement the time that a hosted project gives it', async () => {
    const callers = [
      await stack.clientFor('anonymous'),
      await stack.clientFor('member'),
      stack.adminClient(),
    ];
    const limits = await Promise.all(callers.map(async (caller) => (await caller.rpc('time_limit')).data));
    expect(limits).toEqual(['3s', '8s', '8s']);
    const began = performance.now();
    const { error } = await (await stack.clientFor('anonymous')).rpc('sleep', { seconds: 6 });
    expect(error?.code).toBe('57014');
    expect(performance.now() - began).toBeLessThan(5500);
    // The limit is the transaction's, not the connection's.
    expect((await stack.adminClient().rpc('time_limit')).data).toBe('8s');
  });

  it('gives nobody what no migration granted', async () => {
    const member = await stack.clientFor('member');
    const { error } = await member.from('closed_notes').select();
    expect(error?.code).toBe('42501');
    const { error: granted } = await stack
      .adminClient()
      .from('closed_notes')
      .insert({ id: 1, body: { a: 1 } });
    expect(granted).toBeNull();
  });

  it('refuses requests without a key and keeps sign-up closed', async () => {
    const keyless = await fetch(`${stack.supabaseUrl}/rest/v1/closed_notes`);
    expect(keyless.status).toBe(401);
    const anonymous = await stack.clientFor('anonymous');
    const { error } = await anonymous.auth.signUp({
      email: 'intruder@example.test',
      password: 'long-enough-1',
    });
    expect(error?.status).toBe(422);
  });

  it('gives an account another password without a mail, and ends its sessions', async () => {
    const { email, password } = testAccounts.stranger;
    const open = await stack.clientFor('stranger');
    const [{ count: before } = { count: 0 }] = await sessionsOf(email);
    expect(before).toBeGreaterThan(0);
    const place = { url: stack.supabaseUrl, publishable_key: stack.publishableKey };
    await setPassword(stack.databaseUrl, place, { email, password: 'un-autre-mot-de-passe' });
    expect(await sessionsOf(email)).toEqual([{ count: 0 }]);
    expect((await open.auth.signInWithPassword({ email, password })).error?.code).toBe('invalid_credentials');
    await setPassword(stack.databaseUrl, place, { email, password });
    expect((await open.auth.signInWithPassword({ email, password })).error).toBeNull();
    const nobody = setPassword(stack.databaseUrl, place, { email: 'nobody@devlink.test', password });
    await expect(nobody).rejects.toThrow('Aucun compte');
  });

  it('gives every file its accounts', async () => {
    const tokens = await Promise.all([stack.accessToken('admin'), stack.accessToken('stranger')]);
    expect(new Set(tokens).size).toBe(2);
  });
});
