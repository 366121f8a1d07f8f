import { PostgresConnection } from '@supabase/lite/postgres';
import { LitePool } from './litePool.ts';

// Supabase Lite 0.10 hands json arguments of rpc() to the driver as text already encoded, and the driver encodes
// them again, so that the function receives a JSON string. Strings are therefore left as they are.
const serialize = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
const parse = (text: string): unknown => JSON.parse(text);

/** Milliseconds that a hosted project gives a statement of people and of the service. */
const apiLimitMs = 8000;

/** Supabase Lite's connection to Postgres, with the limits that a hosted project puts on its API. */
export function createConnection(databaseUrl: string): PostgresConnection {
  const connection = new PostgresConnection({
    url: databaseUrl,
    postgresOptions: {
      max: 10,
      connect_timeout: 5,
      onnotice: () => {},
      types: {
        json: { to: 114, from: [114], serialize, parse },
        jsonb: { to: 3802, from: [3802], serialize, parse },
      },
      connection: {
        application_name: 'supabase-api',
        // One forgotten transaction holds back the whole queue's cleaning.
        statement_timeout: apiLimitMs,
        idle_in_transaction_session_timeout: 15_000,
      },
    },
  });
  const pool = new LitePool(connection.driver);
  Object.assign(connection.driver, { reserve: pool.reserve });
  // Lite takes a schema that it could not read for an empty one and answers that nothing exists.
  const introspect = connection.introspect.bind(connection);
  connection.introspect = async (options) => {
    const schema = await introspect(options);
    if (!schema.functions) throw new Error('CONNECTION_CLOSED: the schema could not be read');
    return schema;
  };
  // At its first request Lite would grant everything on every table to anon and authenticated, undoing what the
  // migrations revoke. Roles and privileges are made by the launcher and the migrations: tell it they are there.
  return Object.assign(connection, { rlsState: 'active', close: () => pool.close() });
}
