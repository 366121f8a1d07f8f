// @module-tag local
import { generateTypescript, sortGeneratorMetadata } from '@supabase/postgrest-typegen/generation';
import { introspect } from '@supabase/postgrest-typegen/introspection';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/database';

/*
 * The types with which `lib/store` talks to the database are those that the migrations make: this test writes them
 * (`npm run types:database`) and holds them. The generator is the one of `supabase gen types`, without its Docker.
 */

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());

it('lib/store/database.types.ts says what the migrations make: else `npm run types:database`', async () => {
  const pool = new pg.Pool({ connectionString: stack.databaseUrl, max: 1 });
  const metadata = await introspect(pool, { includedSchemas: ['public'] });
  await pool.end();
  const types = await generateTypescript(sortGeneratorMetadata(metadata), {});
  await expect(types).toMatchFileSnapshot('../../lib/store/database.types.ts');
});
