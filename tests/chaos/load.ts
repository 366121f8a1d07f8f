import { setTimeout as sleep } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import type { Backend } from '../../scripts/stack/backend.ts';
import type { LocalInfo } from '../../scripts/stack/localInfo.ts';
import { Random } from './random.ts';

/** An event that a caller was told is stored. */
export type Accepted = { key: string; eventType: string; eventId: string };

/** What was triggered, and what callers had to go through. */
export type LoadReport = {
  accepted: Accepted[];
  /** Triggers whose caller gave up at the end of the run: stored or not, nobody was promised anything. */
  givenUp: number;
  /** Calls that failed and were repeated under the same key, by reason. */
  refusals: Record<string, number>;
};

const perSecond = 25;
const mostAtOnce = 150;
const callTimeoutMs = 6000;

/** The CRM's rows that the load changes; the tables tell it. */
export const rows = Array.from({ length: 20 }, (_, n) => `00000000-0000-4000-8000-0000000000${n + 10}`);

/** Writes to the database on a connection of its own, which is replaced when it fails. */
class SqlEmitter {
  #sql: Sql | undefined;
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  emit(eventType: string, payload: unknown, key: string): Promise<string> {
    return this.#use(async (sql) => {
      const [row] = await sql<{ emitted: { event_id: string } }[]>`
        select emit_webhook_event(${eventType}, ${JSON.stringify(payload)}::text::json, ${key}) as emitted`;
      return row?.emitted.event_id ?? '';
    });
  }

  /** Changes a row. Asked again after an answer that was lost, it looks whether that was done. */
  change(id: string, key: string): Promise<string> {
    return this.#use(async (sql) => {
      // No transaction: postgres.js catches nothing in one when the server dies meanwhile.
      const told = () =>
        sql<{ id: string }[]>`select id from webhook_events where payload #>> '{changes,nom}' = ${key}`;
      const [done] = await told();
      if (done) return done.id;
      await sql`update crm_leads set nom = ${key} where id = ${id} and nom is distinct from ${key}`;
      return (await told())[0]?.id ?? '';
    });
  }

  async #use(work: (sql: Sql) => Promise<string>): Promise<string> {
    // Array types are not read: postgres.js catches nothing when the server dies meanwhile.
    this.#sql ??= postgres(this.#url, { max: 8, fetch_types: false, connect_timeout: 3, onnotice: () => {} });
    const sql = this.#sql;
    try {
      return await work(sql);
    } catch (error) {
      if (this.#sql === sql) this.#sql = undefined;
      void sql.end({ timeout: 0 });
      throw error;
    }
  }

  async end(): Promise<void> {
    await this.#sql?.end({ timeout: 1 });
  }
}

/** The administrator's access token. */
export async function signIn(info: Backend): Promise<string> {
  const response = await fetch(`${info.supabase.url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { apikey: info.supabase.publishable_key, 'content-type': 'application/json' },
    body: JSON.stringify(info.admin),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  return access_token;
}

/** Triggers events steadily, half in SQL, half over HTTP at any of the addresses; changes of rows among them. Returns what ends it. */
export async function startLoad(
  info: LocalInfo,
  addresses: string[],
  seed: number,
): Promise<{ stop(): Promise<LoadReport> }> {
  const random = new Random(seed);
  const token = await signIn(info);
  const emitter = new SqlEmitter(info.database_url ?? '');
  const report: LoadReport = { accepted: [], givenUp: 0, refusals: {} };
  const types = ['lead.created', 'lead.created', 'lead.created', 'lead.updated', 'appointment.created'];
  const underWay = new Set<Promise<void>>();
  let running = true;
  let giveUpAt = Number.POSITIVE_INFINITY;

  const callHttp = async (eventType: string, payload: unknown, key: string): Promise<string> => {
    const response = await fetch(`${random.pick(addresses)}/api/webhooks/trigger`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ event_type: eventType, payload, idempotency_key: key }),
      signal: AbortSignal.timeout(callTimeoutMs),
    });
    const answer = (await response.json()) as { event_id?: string; code?: string };
    if (response.status !== 202 || !answer.event_id) throw new Error(`${response.status} ${answer.code}`);
    return answer.event_id;
  };

  const trigger = async (n: number) => {
    const eventType = n % 20 === 0 ? 'lead.deleted' : random.pick(types);
    const overHttp = random.next() < 0.5;
    const key = `chaos-${seed}-${n}`;
    const row = eventType === 'lead.updated' && !overHttp ? random.pick(rows) : null;
    const payload = { id: `lead-${n % 20}`, key, n, nom: 'Dupont', prenom: 'Jean' };
    while (Date.now() < giveUpAt) {
      try {
        const eventId = await (overHttp
          ? callHttp(eventType, payload, key)
          : row
            ? emitter.change(row, key)
            : emitter.emit(eventType, payload, key));
        report.accepted.push({ key, eventType, eventId });
        return;
      } catch (error) {
        const reason = `${overHttp ? 'HTTP' : 'SQL'}: ${reasonOf(error)}`;
        report.refusals[reason] = (report.refusals[reason] ?? 0) + 1;
        await sleep(300);
      }
    }
    report.givenUp += 1;
  };

  const triggering = (async () => {
    for (let n = 1; running; n++) {
      if (underWay.size < mostAtOnce) {
        const call = trigger(n).finally(() => underWay.delete(call));
        underWay.add(call);
      }
      await sleep(1000 / perSecond);
    }
  })();

  return {
    stop: async () => {
      running = false;
      giveUpAt = Date.now() + 30_000;
      await triggering;
      await Promise.all(underWay);
      await emitter.end();
      return report;
    },
  };
}

function reasonOf(error: unknown): string {
  const { name, message, code, cause } = error as Error & { code?: string; cause?: { code?: string } };
  if (name === 'TimeoutError') return 'no answer in time';
  return code ?? cause?.code ?? message;
}
