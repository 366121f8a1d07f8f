import { setTimeout as sleep } from 'node:timers/promises';
import type { Check } from './ledger.ts';
import type { Answered, Product } from './product.ts';
import { check, type Scale, type Trouble } from './situations/situation.ts';

/** What the contract says, and what a busy machine of two cores adds; in a run of seconds other tests share it too. */
const limitMs: Record<Scale, number> = { short: 2000 + 2000, full: 2000 + 500 };

/** Asks the health route four times a second. */
export class HealthWatch {
  readonly #answers: (Answered & { during: boolean })[] = [];
  readonly #running: Promise<void>;
  #stopped = false;
  #during = false;

  constructor(product: Product) {
    this.#running = this.#watch(product);
  }

  set during(value: boolean) {
    this.#during = value;
  }

  async #watch(product: Product): Promise<void> {
    while (!this.#stopped) {
      const during = this.#during;
      this.#answers.push({ ...(await product.call('GET', '/api/health', undefined, 10_000)), during });
      await sleep(250);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  checks(named: Trouble['named'], scale: Scale): Check[] {
    const inTime = check(
      'health answers within 2 s',
      this.#answers.length,
      this.#answers
        .filter(({ status, ms }) => status === 0 || ms > limitMs[scale])
        .map(({ ms, status }) => `${status} after ${Math.round(ms)} ms`),
    );
    if (!named) return [inTime];
    const during = this.#answers.filter((answer) => answer.during);
    const last = during.at(-1);
    const says = during.some(named) ? [] : [`${last?.status} ${last?.body.slice(0, 300)}`];
    return [inTime, check('health names the trouble', during.length, says)];
  }
}
