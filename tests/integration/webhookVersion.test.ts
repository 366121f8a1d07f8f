import type { SupabaseClient } from '@supabase/supabase-js';
import { beforeAll, expect, it } from 'vitest';
import { testStack } from '../support/testStack';
import { addWebhook, dataOf } from '../support/webhooks';

/*
 * What a conditional change relies on: a version is compared by the database, to the microsecond, in the statement
 * that writes.
 */

const stack = testStack();
let admin: SupabaseClient;
beforeAll(async () => {
  admin = await stack.clientFor('admin');
});

type Row = { id: string; name: string; updated_at: string };
const read = async (id: string) => dataOf<Row>(await admin.from('webhooks').select().eq('id', id).single());
const rename = async (id: string, name: string, version: string) =>
  dataOf<Row[]>(
    await admin.from('webhooks').update({ name }).eq('id', id).in('updated_at', [version]).select(),
  );

it('is told to the microsecond, and found again by what was told', async () => {
  const id = await addWebhook(stack.sql);
  for (const micros of ['000001', '123456', '100000', '999999', '000000']) {
    await stack.sql`alter table webhooks disable trigger user`;
    await stack.sql`update webhooks set updated_at = ${`2026-11-26 12:14:41.${micros}+00`}::text::timestamptz where id = ${id}`;
    await stack.sql`alter table webhooks enable trigger user`;
    const { updated_at } = await read(id);
    expect(await rename(id, micros, updated_at.replace(' ', 'T'))).toHaveLength(1);
  }
});

it('misses by a microsecond', async () => {
  const id = await addWebhook(stack.sql);
  await stack.sql`alter table webhooks disable trigger user`;
  await stack.sql`update webhooks set updated_at = '2026-11-26 12:14:41.123456+00' where id = ${id}`;
  await stack.sql`alter table webhooks enable trigger user`;
  expect(await rename(id, 'x', '2026-11-26T12:14:41.123457+00:00')).toEqual([]);
  expect(await rename(id, 'x', '2026-11-26T12:14:41.123+00:00')).toEqual([]);
  expect((await read(id)).name).toBe('Test');
});

it('lets one of many win that saw the same', async () => {
  const id = await addWebhook(stack.sql);
  const { updated_at } = await read(id);
  const names = Array.from({ length: 20 }, (_, n) => `name ${n}`);
  const changed = await Promise.all(names.map((name) => rename(id, name, updated_at)));
  const winners = changed.flat();
  expect(winners).toHaveLength(1);
  expect(await read(id)).toMatchObject({ name: winners[0]?.name, updated_at: winners[0]?.updated_at });
});
