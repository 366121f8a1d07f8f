import { setImmediate as turn } from 'node:timers/promises';
import type { Clock, Sleep } from '@/lib/engine/clock';

/** A clock of the engine that stands still until it is told to go on. */
export class FakeClock implements Clock {
  #now = 1_000_000;
  #sleepers: { at: number; wake: () => void }[] = [];
  /** How long each sleep was asked for, in order. */
  readonly asked: number[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number): Sleep {
    this.asked.push(ms);
    const { promise, resolve } = Promise.withResolvers<void>();
    const sleeper = { at: this.#now + ms, wake: resolve };
    this.#sleepers.push(sleeper);
    const end = () => {
      this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
      resolve();
    };
    return { over: promise, end };
  }

  /** Lets whatever can go on without time go on. */
  async settle(): Promise<void> {
    for (let n = 0; n < 5; n += 1) await turn();
  }

  /** Goes on by `ms`, waking each sleeper at its own time. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await this.settle();
    for (;;) {
      const next = this.#sleepers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
      await this.settle();
    }
    this.#now = until;
  }
}
