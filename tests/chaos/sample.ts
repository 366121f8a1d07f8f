import { setTimeout as sleep } from 'node:timers/promises';
import { percentile } from '../bench/table.ts';
import type { Check } from './ledger.ts';
import type { Product } from './product.ts';
import { check } from './situations/situation.ts';

/** Ordinary webhooks, which have nothing to do with what goes wrong. */
const healthy = ['healthy-0', 'healthy-1', 'healthy-2', 'healthy-3', 'healthy-4'];
const mostAtOnce = 200;

type Period = 'alone' | 'beside';
export type SampleFigures = {
  /** Arrivals, and the 99th percentile of milliseconds from commit to arrival. */
  alone: { arrivals: number; p99: number };
  beside: { arrivals: number; p99: number };
};

/** A steady stream of events to ordinary webhooks, before and during a trouble. */
export class Sample {
  readonly #product: Product;
  readonly #emit: 'http' | 'sql';
  readonly #perSecond: number;
  readonly #name: string;
  readonly #accepted = new Map<string, Period>();
  readonly #underWay = new Set<Promise<void>>();
  #count = 0;

  /** @param name of the run: tells its events from those of others */
  constructor(product: Product, emit: 'http' | 'sql', perSecond: number, name: string) {
    this.#product = product;
    this.#emit = emit;
    this.#perSecond = perSecond;
    this.#name = name;
  }

  static async addWebhooks({ sql, receivers }: Product): Promise<void> {
    const rows = healthy.map((name) => ({
      name,
      url: `${receivers.url}/${name}`,
      events: ['lead.created'],
      retry_delay: 1,
    }));
    await sql`insert into webhooks ${sql(rows)}`;
    for (const name of healthy) await receivers.behave(name, 'well');
  }

  /** Triggers events for so long, whatever becomes of them meanwhile. */
  async run(period: Period, ms: number): Promise<void> {
    const ends = performance.now() + ms;
    let next = performance.now();
    while (performance.now() < ends) {
      if (this.#underWay.size < mostAtOnce) {
        const call = this.#trigger(period).finally(() => this.#underWay.delete(call));
        this.#underWay.add(call);
      }
      next += 1000 / this.#perSecond;
      await sleep(Math.max(0, next - performance.now()));
    }
  }

  /** Events that were accepted, those included that could only be once the trouble was over. */
  async ended(): Promise<number> {
    await Promise.all(this.#underWay);
    return this.#accepted.size;
  }

  /** Waits until all have arrived everywhere; then holds the receivers' books, from `from` on, against ours. */
  async result(from: number, withinMs: number): Promise<{ figures: SampleFigures; checks: Check[] }> {
    const wanted = this.#accepted.size * healthy.length;
    const deadline = Date.now() + withinMs;
    const arrived = new Map<string, number>();
    const delays: Record<Period, number[]> = { alone: [], beside: [] };
    let seen = from;
    while (arrived.size < wanted && Date.now() < deadline) {
      for (const request of await this.#product.receivers.received(seen)) {
        seen += 1;
        const period = this.#accepted.get(request.key);
        const key = `${request.webhook} ${request.key}`;
        if (period === undefined || !healthy.includes(request.webhook)) continue;
        if (!arrived.has(key)) delays[period].push(request.delayMs);
        arrived.set(key, (arrived.get(key) ?? 0) + 1);
      }
      if (arrived.size < wanted) await sleep(100);
    }
    const missing = [...this.#accepted.keys()].flatMap((key) =>
      healthy.map((name) => `${name} ${key}`).filter((which) => !arrived.has(which)),
    );
    const figuresOf = (values: number[]) => ({ arrivals: values.length, p99: percentile(values, 0.99) });
    return {
      figures: { alone: figuresOf(delays.alone), beside: figuresOf(delays.beside) },
      checks: [
        check('every event arrives at every ordinary webhook', wanted, missing),
        await this.#blamed(wanted),
      ],
    };
  }

  async #blamed(wanted: number): Promise<Check> {
    const { sql } = this.#product;
    const failures = await sql<{ name: string; error_kind: string; times: number }[]>`
      select w.name, a.error_kind, count(*)::int as times from webhook_attempts a join webhooks w on w.id = a.webhook_id
      where w.name = any (${healthy}) and not a.succeeded group by 1, 2`;
    return check(
      'no failure is written of a receiver that answered well',
      wanted,
      failures.map(({ name, error_kind, times }) => `${name}: ${times} ${error_kind}`),
    );
  }

  async #trigger(period: Period): Promise<void> {
    const key = `${this.#name}-${++this.#count}`;
    const payload = { key, n: this.#count, nom: 'Dupont', prenom: 'Jean' };
    for (let tries = 0; tries < 200; tries++) {
      if (await this.#accept(key, payload)) {
        this.#accepted.set(key, period);
        return;
      }
      await sleep(300);
    }
  }

  async #accept(key: string, payload: unknown): Promise<boolean> {
    if (this.#emit === 'sql') {
      await this.#product.sql`
        select emit_webhook_event('lead.created', ${JSON.stringify(payload)}::text::json, ${key})`;
      return true;
    }
    const body = { event_type: 'lead.created', payload, idempotency_key: key };
    return (await this.#product.call('POST', '/api/webhooks/trigger', body)).status === 202;
  }
}
