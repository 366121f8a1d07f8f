import postgres, { type ParameterOrJSON, type ReservedSql, type Sql } from 'postgres';
import { requestHeaders } from './requestHeaders.ts';

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
  let opening: Opening | null = null;
  // Lite says the same few statements again and again: each is parsed once per connection.
  const send = ({ query, parameters }: Statement) =>
    reserved.unsafe(query, parameters, { prepare: parameters.length > 0 });
  const connection: Connection = {
    lost: false,
    unsafe: async (query, parameters) => {
      if (connection.lost) throw lostConnection();
      if (query === 'begin') {
        opening = new Opening();
        return noRows();
      }
      if (opening?.takes(query, parameters)) return noRows();
      const first = opening?.statements() ?? [];
      opening = null;
      if (query === 'rollback' && first.length > 0) return noRows(); // nothing was begun
      try {
        return await inOneGo([...first, { query, parameters }].map(send));
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

type Statement = { query: string; parameters: ParameterOrJSON<never>[] };

/**
 * How a transaction of Lite's begins: with eleven statements that set what the request is, and whose answers nobody reads.
 * They are kept, and go out as two, together with the first statement that does something: one round trip for all.
 */
class Opening {
  readonly #settings: { name: string; value: ParameterOrJSON<never> }[] = [];

  /** Whether the statement is part of the opening, and kept. */
  takes(query: string, [value = '']: ParameterOrJSON<never>[]): boolean {
    const name = /^SELECT set_config\('([\w.]+)', (?:\$1|''), true\)$/.exec(query)?.[1];
    if (name !== undefined) this.#settings.push({ name, value });
    return name !== undefined;
  }

  statements(): Statement[] {
    const begin = { query: 'begin', parameters: [] };
    if (this.#settings.length === 0) return [begin];
    const headers = requestHeaders.getStore();
    if (headers && !this.#settings.some(({ name }) => name === 'request.headers'))
      this.#settings.push({ name: 'request.headers', value: JSON.stringify(Object.fromEntries(headers)) });
    const calls = this.#settings.map(({ name }, n) => {
      const call = `set_config('${name}', $${n + 1}, true)`;
      return name === 'role' ? `${call}, ${limitOfRole(`$${n + 1}`)}` : call;
    });
    return [
      begin,
      { query: `select ${calls.join(', ')}`, parameters: this.#settings.map(({ value }) => value) },
    ];
  }
}

/** PostgREST takes over the settings of the role for which it works, such as its limit on time; Lite does not. */
const limitOfRole = (role: string) => `(
    select set_config('statement_timeout', split_part(setting, '=', 2), true)
    from pg_catalog.pg_db_role_setting s, unnest(s.setconfig) as setting
    where s.setrole = to_regrole(${role}) and s.setdatabase = 0 and setting like 'statement_timeout=%')`;

/**
 * The answer to the last of some queries that are under way; the first that fails says why. Not all of them need end: of those
 * that a lost connection had taken, the driver forgets some.
 */
async function inOneGo(queries: Promise<unknown>[]): Promise<unknown> {
  const answers = await Promise.all(queries);
  return answers.at(-1);
}

const noRows = () => Object.assign([], { count: 0, command: 'SELECT' });

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
