import { randomBytes } from 'node:crypto';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import postgres, { type Sql } from 'postgres';
import { inject, vi } from 'vitest';
import { closeConnections, directCalls } from '@/lib/store/serviceCall';
import { serveSupabaseApi } from '../../scripts/stack/api/supabaseApi.ts';
import type { TriedProject } from '../../scripts/stack/hosted/projectTrial.ts';
import { superuser } from '../../scripts/stack/postgres/postgresInit.ts';
import { testAccounts } from './accounts.ts';
import type { TestCluster } from './cluster.ts';
import { type GivenProject, renewGivenProject } from './givenProject.ts';

/** Who calls: a role of ours, an account without one, or nobody signed in. */
type Caller = keyof typeof testAccounts | 'anonymous';

/** A database of this file's own, with the Supabase API in front of it. */
export interface TestStack {
  /** Direct access as `postgres`, which no policy holds up and which is no superuser, as on a hosted project. */
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
 * Makes the database and serves the API on it (about 0.2 s); where a project is given, makes its database anew. Also sets in
 * `process.env` what the code under test reads, as the launcher does for the app: a test file runs in a process of its own.
 */
export async function startTestStack(): Promise<TestStack> {
  const given = inject('givenProject');
  const place = given ? await placeIn(given) : await placeOnCluster(requireCluster());
  const { databaseUrl, url, secretKey } = place;
  // Whoever signed in acts as himself under either key; tests of the tag `publishable` do not run without it.
  const publishableKey = place.publishableKey ?? secretKey;
  const sql = postgres(databaseUrl, { max: 10, onnotice: () => {} });
  process.env.SUPABASE_URL = url;
  process.env.SUPABASE_PUBLISHABLE_KEY = publishableKey;
  process.env.SUPABASE_SECRET_KEY = secretKey;
  process.env.SUPABASE_JWT_SECRET = place.jwtSecret ?? '';
  process.env.CRON_SECRET = randomBytes(32).toString('hex');
  // The receivers of tests are on loopback.
  process.env.WEBHOOKS_ALLOW_NETWORKS = '127.0.0.0/8,::1/128';
  process.env.WEBHOOKS_ALLOW_HTTP = 'true';
  if (process.env.DEVLINK_TEST_DIRECT) {
    process.env.WEBHOOKS_DATABASE_URL = databaseUrl;
    await vi.waitUntil(() => directCalls() === 'open');
  }

  const clientFor = async (caller: Caller) => {
    const client = createClient(url, publishableKey, clientOptions);
    if (caller === 'anonymous') return client;
    const { error } = given
      ? await client.auth.setSession(given.sessions[caller])
      : await client.auth.signInWithPassword(testAccounts[caller]);
    if (error) throw error;
    return client;
  };
  return {
    sql,
    databaseUrl,
    supabaseUrl: url,
    publishableKey,
    secretKey,
    adminClient: () => createClient(url, secretKey, clientOptions),
    clientFor,
    accessToken: async (caller) => {
      const { data } = await (await clientFor(caller)).auth.getSession();
      if (!data.session) throw new Error(`no session for ${caller}`);
      return data.session.access_token;
    },
    stop: async () => {
      closeConnections();
      await sql.end({ timeout: 5 });
      await place.leave();
    },
  };
}

/** Where a test file works: a database with an API in front of it. */
type Place = TriedProject & { jwtSecret?: string; leave(): Promise<void> };

async function placeIn(project: GivenProject): Promise<Place> {
  await renewGivenProject(project);
  return { ...project, leave: async () => {} };
}

/** The local stack's server, for what is tried on a database beside the test's own. */
export function requireCluster(): TestCluster {
  const cluster = inject('cluster');
  if (!cluster) throw new Error('no local stack was started for this run');
  return cluster;
}

/** For the superuser of the local stack, in a test of the tag `local`: what is tried there `postgres` may not do. */
export function superuserUrl({ databaseUrl }: TestStack): string {
  const url = new URL(databaseUrl);
  url.username = superuser;
  return url.href;
}

async function placeOnCluster({ port, template, secrets }: TestCluster): Promise<Place> {
  const url = (database: string, role: string) =>
    `postgres://${role}:${secrets.databasePassword}@127.0.0.1:${port}/${database}`;
  const database = `test_${randomBytes(6).toString('hex')}`;
  await createDatabase(url('postgres', superuser), database, template);
  const api = await serveSupabaseApi(url(database, superuser), secrets);
  return { ...api, databaseUrl: url(database, 'postgres'), jwtSecret: secrets.jwtSecret, leave: api.stop };
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
