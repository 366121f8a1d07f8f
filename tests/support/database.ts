import { randomBytes } from 'node:crypto';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import postgres, { type Sql } from 'postgres';
import { inject } from 'vitest';
import { superuser } from '../../scripts/stack/postgresInit.ts';
import { serveSupabaseApi } from '../../scripts/stack/supabaseApi.ts';
import { testAccounts } from './cluster.ts';

/** Who calls: a role of ours, an account without one, or nobody signed in. */
type Caller = keyof typeof testAccounts | 'anonymous';

/** A database of this file's own, with the Supabase API in front of it. */
export interface TestStack {
  /** Direct access as the superuser: no policy applies. */
  sql: Sql;
  databaseUrl: string;
  supabaseUrl: string;
  publishableKey: string;
  secretKey: string;
  /** A client with the secret key: the service role. */
  adminClient(): SupabaseClient;
  /** A client signed in as the caller (or not at all), under the policies. */
  clientFor(caller: Caller): Promise<SupabaseClient>;
  /** The caller's access token, for `Authorization: Bearer`. */
  accessToken(caller: keyof typeof testAccounts): Promise<string>;
  stop(): Promise<void>;
}

const clientOptions = { auth: { persistSession: false, autoRefreshToken: false } };

/**
 * Makes the database and serves the API on it (about 0.2 s). Also sets in `process.env` what the code
 * under test reads, as the launcher does for the app: a test file runs in a process of its own.
 */
export async function startTestStack(): Promise<TestStack> {
  const { port, template, secrets } = inject('cluster');
  const url = (database: string) =>
    `postgres://${superuser}:${secrets.databasePassword}@127.0.0.1:${port}/${database}`;
  const database = `test_${randomBytes(6).toString('hex')}`;
  await createDatabase(url('postgres'), database, template);
  const api = await serveSupabaseApi(url(database), secrets);
  const sql = postgres(url(database), { max: 10, onnotice: () => {} });
  process.env.SUPABASE_URL = api.url;
  process.env.SUPABASE_PUBLISHABLE_KEY = api.publishableKey;
  process.env.SUPABASE_SECRET_KEY = api.secretKey;
  process.env.SUPABASE_JWT_SECRET = secrets.jwtSecret;
  process.env.CRON_SECRET = secrets.cronSecret;
  // The receivers of tests are on loopback.
  process.env.WEBHOOKS_ALLOW_NETWORKS = '127.0.0.0/8,::1/128';
  process.env.WEBHOOKS_ALLOW_HTTP = 'true';

  const clientFor = async (caller: Caller) => {
    const client = createClient(api.url, api.publishableKey, clientOptions);
    if (caller === 'anonymous') return client;
    const { error } = await client.auth.signInWithPassword(testAccounts[caller]);
    if (error) throw error;
    return client;
  };
  return {
    sql,
    databaseUrl: url(database),
    supabaseUrl: api.url,
    publishableKey: api.publishableKey,
    secretKey: api.secretKey,
    adminClient: () => createClient(api.url, api.secretKey, clientOptions),
    clientFor,
    accessToken: async (caller) => {
      const { data } = await (await clientFor(caller)).auth.getSession();
      if (!data.session) throw new Error(`no session for ${caller}`);
      return data.session.access_token;
    },
    stop: async () => {
      await sql.end({ timeout: 5 });
      await api.stop();
    },
  };
}

/** Copying fails while another copy of the same template is being made, so files take turns. */
async function createDatabase(serverUrl: string, database: string, template: string): Promise<void> {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => {} });
  try {
    await sql`select pg_advisory_lock(hashtext(${template}))`;
    await sql.unsafe(`create database ${database} template ${template} owner postgres strategy file_copy`);
  } finally {
    await sql.end();
  }
}
