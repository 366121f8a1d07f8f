import type { Clock } from './clock';

/**
 * How many attempts may be under way at once. It is halved when something of our own ran out (sockets, descriptors,
 * memory), and grows again by one for each full round of successes, as TCP's window does (RFC 5681, section 3.1).
 */
export class Width {
  readonly #clock: Clock;
  readonly #most: () => number;
  #current: number;
  /** Successes on the way to the next wider one. */
  #successes = 0;
  /** When the last lack narrowed it. */
  #narrowedAt = Number.NEGATIVE_INFINITY;

  /** @param most what it begins with and never exceeds, at the moment: it is given way to at once */
  constructor(clock: Clock, most: () => number) {
    this.#clock = clock;
    this.#most = most;
    this.#current = most();
  }

  get current(): number {
    this.#current = Math.min(this.#current, this.#most());
    return this.#current;
  }

  /**
   * Half of what was too much, never below 1; once for all attempts that were under way when something ran out.
   * @param began when the attempt that lacked something began
   * @param underWay attempts under way then, itself among them
   */
  narrow(began: number, underWay: number): void {
    if (began <= this.#narrowedAt) return;
    this.#narrowedAt = this.#clock.now();
    this.#successes = 0;
    this.#current = Math.max(1, Math.floor(Math.min(this.current, underWay) / 2));
  }

  /** An attempt succeeded. */
  widen(): void {
    const most = this.#most();
    this.#current = Math.min(this.#current, most);
    if (this.#current === most) return;
    this.#successes += 1;
    if (this.#successes < this.#current) return;
    this.#successes -= this.#current;
    this.#current += 1;
  }
}
