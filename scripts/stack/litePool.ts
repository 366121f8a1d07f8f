import postgres, { type ParameterOrJSON, type ReservedSql, type Sql } from 'postgres';

// Supabase Lite reserves one of postgres.js's connections per request. postgres.js 3.4 does not outlive the end of a
// reserved connection: released, it counts as open, and the next query writes to a socket that is gone, which throws
// outside of any promise; what was still to be written is sent in front of the next greeting; and when a connection
// ends while it reads the array types, nobody catches it. So here every connection is a driver of its own, kept
// reserved, given no query once it is lost, and replaced.

interface Connection {
  lost: boolean;
  unsafe(query: string, parameters: ParameterOrJSON<never>[]): Promise<unknown>;
  end(): Promise<void>;
}

/** A pool of connections like the driver's own, for a server that may die and come back. */
export class LitePool {
  readonly #options: Sql['options'];
  readonly #idle: Connection[] = [];
  readonly #all = new Set<Connection>();
  #opening = 0;
  readonly #waiting: (() => void)[] = [];
  #arrayTypes: Promise<void> | undefined;

  constructor(driver: Sql) {
    this.#options = driver.options;
  }

  /** In place of the driver's `reserve`: what Kysely uses of a reserved connection. */
  readonly reserve = async () => {
    const connection = await this.#take();
    return { unsafe: connection.unsafe, release: () => this.#giveBack(connection) };
  };

  async close(): Promise<void> {
    await Promise.all([...this.#all].map((connection) => connection.end()));
  }

  async #take(): Promise<Connection> {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection && !connection.lost) return connection;
      if (connection) this.#drop(connection);
      else if (this.#all.size + this.#opening < this.#options.max) return this.#open();
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #giveBack(connection: Connection): void {
    if (connection.lost) this.#drop(connection);
    else this.#idle.push(connection);
    this.#waiting.shift()?.();
  }

  #drop(connection: Connection): void {
    this.#all.delete(connection);
    void connection.end();
  }

  async #open(): Promise<Connection> {
    this.#opening += 1;
    try {
      this.#arrayTypes ??= learnArrayTypes(this.#options);
      await this.#arrayTypes.catch((error) => {
        this.#arrayTypes = undefined;
        throw error;
      });
      const connection = await connect(this.#options);
      this.#all.add(connection);
      return connection;
    } catch (error) {
      this.#waiting.shift()?.();
      throw error;
    } finally {
      this.#opening -= 1;
    }
  }
}

/** Asks once, before the first connection; the driver puts the parsers into the options that all connections share. */
async function learnArrayTypes(options: Sql['options']): Promise<void> {
  const sql = postgres({ ...options, max: 1 } as unknown as postgres.Options<never>);
  try {
    await sql`select 1`;
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function connect(options: Sql['options']): Promise<Connection> {
  const own = {
    max: 1,
    fetch_types: false,
    max_lifetime: null,
    // Counts for connections that are not reserved: one that the driver opens again after a failure is let go.
    idle_timeout: 1,
    onclose: () => {
      connection.lost = true;
    },
  };
  const sql = postgres({ ...options, ...own } as unknown as postgres.Options<never>);
  const connection: Connection = {
    lost: false,
    unsafe: async (query, parameters) => {
      if (connection.lost) throw lostConnection();
      try {
        // Lite says the same few statements again and again: each is parsed once per connection.
        return await reserved.unsafe(withLimitOfRole(query), parameters, { prepare: parameters.length > 0 });
      } catch (error) {
        if (!(error instanceof postgres.PostgresError && error.severity === 'ERROR')) connection.lost = true;
        throw error;
      }
    },
    end: async () => {
      if (!connection.lost) reserved.release();
      connection.lost = true;
      await sql.end({ timeout: 0 });
    },
  };
  const reserved = await firstReserved(sql);
  return connection;
}

/**
 * PostgREST takes over the settings of the role for which it works, such as its limit on time; Lite does not. Its statement
 * that takes the role sets that limit too: one round trip for both.
 */
function withLimitOfRole(query: string): string {
  const takesRole = "SELECT set_config('role', $1, true)";
  if (query !== takesRole) return query;
  return `${takesRole}, (
    select set_config('statement_timeout', split_part(setting, '=', 2), true)
    from pg_catalog.pg_db_role_setting s, unnest(s.setconfig) as setting
    where s.setrole = to_regrole($1) and s.setdatabase = 0 and setting like 'statement_timeout=%')`;
}

async function firstReserved(sql: Sql): Promise<ReservedSql> {
  try {
    // Without array types to read, `reserve` waits for ever on a connection that is not open yet.
    await sql`select 1`;
    return await sql.reserve();
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
}

const lostConnection = () =>
  Object.assign(new Error('CONNECTION_CLOSED: Postgres ended this connection'), {
    code: 'CONNECTION_CLOSED',
  });
