import { setTimeout as sleep } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { databaseError } from './storeError';
import { requestLimit } from './timeLimits';

/** Most connections of one process, beside the one that listens. */
const most = 6;
/** Milliseconds that making a connection may take, and before the next one is made after that failed. */
const connectLimit = 5000;
const pause = 1000;
/** Milliseconds after which a connection that nobody needed is closed; the last one is asked whether it lives. */
const idleLimit = 60_000;

/**
 * As the Supabase API does for the service: its role, nobody's claims, and the time that hosted projects give a statement. The verbs'
 * plans are by index whatever there is (decision 8), so that planning them for the values of a call, as Postgres does the first five
 * times and may do again, costs milliseconds for nothing.
 */
const asService = `
  set role service_role;
  set statement_timeout = '8s';
  set plan_cache_mode = force_generic_plan;
  select set_config('request.jwt.claims', '{"role":"service_role"}', false), set_config('request.jwt.claim.sub', '', false)`;

/** SQLSTATEs with which the server ends a session: a connection's own, and an operator's. */
const sessionEnds = /^(08|57P)/;

type Report = (what: string, error: unknown) => void;

/**
 * Connections to Postgres itself, for the service's own calls. Nobody ever waits for one: who finds none ready calls the Supabase
 * API, while one more is made; so a database that cannot be reached this way, or that has none left, costs nothing but time. A
 * pool of `pg` makes its callers wait for a connection, which is why this is none.
 */
export class DatabaseConnections {
  readonly #url: string;
  readonly #report: Report;
  /** Used last, first: what nobody needs ages at the bottom. */
  #ready: Client[] = [];
  readonly #all = new Set<Client>();
  #isMaking = false;
  #isClosed = false;
  #wasTold = false;

  /**
   * @param url of Postgres or a pooler in session mode: the role and statements that are parsed once belong to a session
   * @param report told once of connections that cannot be made, until one can
   */
  constructor(url: string, report: Report) {
    this.#url = url;
    this.#report = report;
    void this.#make();
  }

  /** A connection for one call; undefined: none is ready. */
  take(): Client | undefined {
    const client = this.#ready.pop();
    if (this.#ready.length === 0) void this.#make();
    return client;
  }

  /**
   * Calls a function of the schema `public` that answers a text, and gives the connection back.
   * @param args by name; arrays are arrays, objects JSON
   * @throws as `unwrap` does
   */
  async call(client: Client, verb: string, args: Record<string, unknown>): Promise<string> {
    const named = Object.keys(args).map((name, index) => `${name} => $${index + 1}`);
    const text = `select public.${verb}(${named.join(', ')}) as answer`;
    try {
      const { rows } = await client.query<{ answer: string }>({
        name: verb,
        text,
        values: Object.values(args),
      });
      this.#giveBack(client);
      return rows[0]?.answer ?? '';
    } catch (error) {
      const code = (error instanceof DatabaseError && error.code) || '';
      const message = error instanceof Error ? error.message : String(error);
      // After an error of the statement's own, the session goes on; after anything else nobody knows what is still to come.
      if (code === '' || sessionEnds.test(code)) this.#dropAll(client);
      else this.#giveBack(client);
      throw databaseError({ code, message: isLate(message) ? timeIsUp : message });
    }
  }

  /** `lost`: none is open, and the last attempt failed; `connecting`: none is open yet. */
  get state(): 'open' | 'connecting' | 'lost' {
    if (this.#all.size > 0) return 'open';
    return this.#wasTold ? 'lost' : 'connecting';
  }

  /** Ends those that are at rest; those at work end with their call. */
  close(): void {
    this.#isClosed = true;
    for (const client of this.#ready) this.#drop(client);
  }

  #giveBack(client: Client): void {
    if (!this.#all.has(client)) return; // lost meanwhile
    if (this.#isClosed) this.#drop(client);
    else this.#ready.push(client);
  }

  #drop(client: Client): void {
    this.#all.delete(client);
    this.#ready = this.#ready.filter((one) => one !== client);
    void client.end().catch(() => {});
  }

  /** Where one answered no more, those at rest are not likely to: the next call shall not wait to learn it. */
  #dropAll(client: Client): void {
    this.#drop(client);
    for (const one of this.#ready) this.#drop(one);
  }

  /** Makes one more, where there may be one. Never rejects. */
  async #make(): Promise<void> {
    if (this.#isMaking || this.#isClosed || this.#all.size >= most) return;
    this.#isMaking = true;
    const client = new Client({
      connectionString: this.#url,
      application_name: 'devlink-webhooks',
      connectionTimeoutMillis: connectLimit,
      query_timeout: requestLimit,
      keepAlive: true,
    });
    // What is lost while it is at work rejects its call as well.
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    try {
      await client.connect();
      await client.query(asService);
      this.#all.add(client);
      this.#giveBack(client);
      this.#wasTold = false;
      void this.#watch(client);
    } catch (error) {
      this.#drop(client);
      if (!this.#wasTold) this.#report('the database cannot be called directly; the Supabase API is', error);
      this.#wasTold = true;
      await sleep(pause, null, { ref: false });
    } finally {
      this.#isMaking = false;
    }
  }

  /** Sees to it that a connection at rest lives, as long as there is only one, and ends when there are more. */
  async #watch(client: Client): Promise<void> {
    for (;;) {
      await sleep(idleLimit, null, { ref: false });
      if (!this.#all.has(client)) return;
      // The bottom one was not needed since it got there, unless all were.
      if (this.#ready[0] !== client) continue;
      if (this.#ready.length > 1) return this.#drop(client);
      this.#ready = [];
      await client.query('select').then(
        () => this.#giveBack(client),
        () => this.#drop(client),
      );
    }
  }
}

/** How `pg` says that an answer did not come within `query_timeout`, and supabase-js. */
const isLate = (message: string) => message === 'Query read timeout';
const timeIsUp = 'TimeoutError: The database did not answer in time.';
