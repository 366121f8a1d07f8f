import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

/** Milliseconds between two attempts to listen. */
const pause = 1000;
/** Milliseconds after which a connection that says nothing is asked whether it lives, and which it has for any answer. */
const silence = 30_000;
const patience = 5000;

// One lock for all drains: the name of the channel is its name, too.
const fallAsleep = "select pg_try_advisory_lock(hashtext('webhook_queue')) as dozes";
const wakeUp = 'select pg_advisory_unlock_all()';

/** How a drain that has nothing to do is told by the database of deliveries that are committed. */
export type Bell = {
  /**
   * From now on the bell rings for whatever is committed. What was committed before has to be looked for once more.
   * @returns false when that cannot be promised just now: a transaction that writes deliveries has not ended, another drain
   *   is told already, or nobody listens at the moment
   */
  doze(): Promise<boolean>;
  /** The drain looks by itself again. Answers whether it dozed. */
  rouse(): boolean;
  close(): Promise<void>;
};

type BellParts = {
  /** Called when deliveries were committed, and whenever some may have been missed. */
  ring(): void;
  /** Told of a connection that is lost, or cannot be had. */
  report(what: string, error: unknown): void;
};

/**
 * Listens to the database with a connection of its own, and listens again when that is lost. Who dozes holds an advisory
 * lock, which every transaction that writes deliveries tries to share: where it cannot, it notifies (the trigger
 * `tell_quiet_drains`); where it can, nobody falls asleep before it has ended. So busy drains cost nobody a notification,
 * and no delivery falls between a drain's last look and its sleep.
 * @param databaseUrl of Postgres itself or a pooler in session mode; other poolers give each statement another session
 */
export function hangBell(databaseUrl: string, { ring, report }: BellParts): Bell {
  let listening: Client | null = null;
  let dozing = false;
  let wasTold = false;
  const closing = new AbortController();

  const listen = async () => {
    const client = new Client({
      connectionString: databaseUrl,
      application_name: 'devlink-webhooks',
      connectionTimeoutMillis: patience,
      query_timeout: patience,
      keepAlive: true,
    });
    const lost = Promise.withResolvers<void>();
    client.on('error', lost.reject);
    client.on('end', lost.resolve);
    client.on('notification', ring);
    // Rejected once more by whoever waits below.
    lost.promise.catch(() => {});
    const ask = setInterval(() => client.query('select').catch(lost.reject), silence);
    const close = () => lost.resolve();
    closing.signal.addEventListener('abort', close);
    try {
      await client.connect();
      await client.query('listen webhook_queue');
      listening = client;
      wasTold = false;
      ring();
      await lost.promise;
    } finally {
      listening = null;
      clearInterval(ask);
      closing.signal.removeEventListener('abort', close);
      void client.end().catch(() => {});
    }
  };

  const goOn = async () => {
    while (!closing.signal.aborted) {
      await listen().catch((error: unknown) => {
        // Once: who cannot listen looks by itself, and health tells of a database that is away.
        if (!wasTold) report('the database is not listened to; its deliveries are looked for instead', error);
        wasTold = true;
      });
      await sleep(pause, null, { signal: closing.signal }).catch(() => {});
    }
  };
  const ended = goOn();

  return {
    async doze() {
      const client = listening;
      if (!client) return false;
      dozing = true;
      try {
        const { rows } = await client.query<{ dozes: boolean }>(fallAsleep);
        return rows[0]?.dozes === true && dozing && client === listening;
      } catch {
        return false;
      }
    },
    rouse() {
      const dozed = dozing;
      dozing = false;
      // With its connection the lock is gone as well.
      if (dozed) listening?.query(wakeUp).catch(() => {});
      return dozed;
    },
    close() {
      closing.abort();
      return ended;
    },
  };
}
