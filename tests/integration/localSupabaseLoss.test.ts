// @module-tag local
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { beforeAll, expect, it } from 'vitest';
import { superuserUrl } from '../support/database';
import { testStack } from '../support/testStack';

const stack = testStack();
beforeAll(async () => {
  await stack.sql.unsafe(`
    set role postgres;
    create function public.nap(ms integer) returns text[] language plpgsql as $$
      begin perform pg_sleep(ms / 1000.0); return array['slept', ms::text]; end $$;
    grant execute on function public.nap to service_role;
    reset role;
  `);
});

// A driver that throws outside of any promise ends the launcher; here it fails the run as an unhandled error.
it('the Supabase API outlives connections that Postgres ends, idle or in the middle of a query', async () => {
  const client = stack.adminClient();
  expect((await client.rpc('nap', { ms: 1 })).error).toBeNull(); // Lite has read the schema
  const operator = postgres(superuserUrl(stack), { max: 1 });
  const ends = Date.now() + 4000;
  let answered = 0;
  let lost = 0;
  const caller = async (n: number) => {
    while (Date.now() < ends) {
      const { data, error } = await client.rpc('nap', { ms: (n * 7) % 30 });
      if (error) {
        // Without a code: Lite itself could not go on. The store takes all of these for an absent database.
        expect(error.code ?? 'none', error.message).toMatch(/^(57P01|PGRST000|none)$/);
        lost += 1;
      } else {
        expect(data).toEqual(['slept', String((n * 7) % 30)]);
        answered += 1;
      }
    }
  };
  const killer = async () => {
    while (Date.now() < ends) {
      await operator`
        select pg_terminate_backend(pid) from pg_stat_activity
        where pid in (
          select pid from pg_stat_activity
          where datname = current_database() and application_name = 'supabase-api' order by random() limit 2)`;
      await sleep(50);
    }
  };
  await Promise.all([...Array.from({ length: 20 }, (_, n) => caller(n)), killer()]);
  await operator.end();
  expect(lost).toBeGreaterThan(20);
  expect(answered).toBeGreaterThan(0);

  // Nothing of it lingers: every connection of the pool answers at once.
  const after = performance.now();
  const answers = await Promise.all(Array.from({ length: 30 }, () => client.rpc('nap', { ms: 20 })));
  expect(answers.map(({ error }) => error)).toEqual(answers.map(() => null));
  expect(performance.now() - after).toBeLessThan(2000);
});
