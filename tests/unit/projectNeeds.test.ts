import { describe, expect, it } from 'vitest';
import { type DatabaseFacts, databaseNeeds } from '@/scripts/stack/hosted/projectNeeds';

/*
 * What `npm run check:hosted` says of a database: here on facts that a shared server cannot be given in a test.
 */

/** A new hosted project as its operator should have it. */
const good: DatabaseFacts = {
  version: 170_010,
  encoding: 'UTF8',
  readOnly: false,
  role: 'postgres',
  superuser: false,
  createsSchemas: true,
  createsInPublic: true,
  roles: ['anon', 'authenticated', 'service_role', 'authenticator'],
  authenticates: ['anon', 'authenticated', 'service_role'],
  serviceBypassesPolicies: true,
  auth: ['users', 'sessions', 'uid', 'jwt'],
  statementTimeouts: { anon: 3000, authenticated: 8000, authenticator: 8000 },
  idleInTransactionTimeout: 300_000,
  maxConnections: 60,
  connections: 12,
  extensions: ['pg_net', 'pg_cron', 'supabase_vault'],
  strangers: [],
  leftOver: false,
};

it('nothing, of a project that has all', () => {
  expect(databaseNeeds(good)).toEqual([]);
});

describe('a project does not run the product', () => {
  it.each<[change: Partial<DatabaseFacts>, sentence: string]>([
    [{ version: 140_012 }, 'il faut une version de 15 à 18'],
    [{ version: 190_000 }, 'Postgres 19'],
    [{ encoding: 'LATIN1' }, 'une en UTF8'],
    [{ readOnly: true }, 'lecture seule'],
    [{ roles: ['anon', 'authenticator'] }, '(authenticated, service_role)'],
    [{ authenticates: ['anon'] }, 'grant authenticated, service_role to authenticator'],
    [{ serviceBypassesPolicies: false }, 'alter role service_role bypassrls'],
    [{ auth: ['users', 'uid'] }, 'auth.sessions, auth.jwt()'],
    [{ createsSchemas: false }, 'grant create on database'],
    [{ createsInPublic: false }, 'grant create on schema public'],
    [{ strangers: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] }, '(a, b, c, d, e et 2 autres)'],
    [{ leftOver: true, strangers: ['webhooks'] }, '--clear'],
  ])('%o', (change, sentence) => {
    expect(databaseNeeds({ ...good, ...change })).toEqual([
      { weight: 'missing', sentence: expect.stringContaining(sentence) },
    ]);
  });
});

describe('it is said what should be mended', () => {
  const timeouts = good.statementTimeouts;
  it.each<[change: Partial<DatabaseFacts>, sentence: string]>([
    [{ superuser: true }, 'il n’en faut pas'],
    [{ roles: good.roles.slice(0, 3), authenticates: [] }, 'authenticator'],
    [
      { statementTimeouts: { ...timeouts, authenticated: 60_000 } },
      "alter role authenticated set statement_timeout = '8s'",
    ],
    [{ statementTimeouts: { ...timeouts, authenticated: 2000 } }, 'arrêtée après 2 s'],
    [{ statementTimeouts: { authenticated: 8000 } }, 'Une requête de service_role peut durer plus de 9 s'],
    [{ idleInTransactionTimeout: 0 }, 'idle_in_transaction_session_timeout'],
    [{ maxConnections: 40 }, 'max_connections vaut 40'],
    [{ connections: 50 }, '50 connexions sur 60'],
    [{ extensions: ['pg_net'] }, 'pg_cron, supabase_vault. Aucune n’est requise'],
  ])('%o', (change, sentence) => {
    expect(databaseNeeds({ ...good, ...change })).toEqual([
      { weight: 'advice', sentence: expect.stringContaining(sentence) },
    ]);
  });
});
