// @module-tag local
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/database';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
  await stack.sql.unsafe(`
    set role postgres;
    create function public.echo_json(value json) returns text language sql as 'select value::text';
    create function public.echo_jsonb_type(value jsonb) returns text language sql as 'select jsonb_typeof(value)';
    create table public.closed_notes (id int primary key, body json);
    alter table public.closed_notes enable row level security;
    create policy everyone on public.closed_notes for all using (true) with check (true);
    revoke all on public.closed_notes from anon, authenticated;
    reset role;
  `);
});
afterAll(() => stack.stop());

describe('the Supabase API of the local stack', () => {
  it('hands a json argument to a function once encoded, in the sender’s key order', async () => {
    const { data } = await stack.adminClient().rpc('echo_json', { value: { z: 1, a: ['é', null] } });
    expect(data).toBe('{"z":1,"a":["é",null]}');
    const { data: type } = await stack.adminClient().rpc('echo_jsonb_type', { value: { a: 1 } });
    expect(type).toBe('object');
  });

  it('keeps what a migration revoked', async () => {
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

  it('gives every file its accounts', async () => {
    const tokens = await Promise.all([stack.accessToken('admin'), stack.accessToken('stranger')]);
    expect(new Set(tokens).size).toBe(2);
  });
});
