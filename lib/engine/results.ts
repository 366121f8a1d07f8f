import type { Clock } from './clock';
import { Lanes } from './lanes';
import { takeBatch, type Waiting, worthWriting } from './waiting';
import type { Settle } from './writeAlone';

type ResultsParts = {
  clock: Clock;
  settle: Settle;
  /** Called when something was written, or is due to be. */
  onChange(): void;
};

/**
 * Results that wait to be written: in the common line, for the next exchange, or apart in a lane of their webhook,
 * when the exchange was refused or somebody has their delivery locked. The ways are drawn above the drain.
 */
export class Results {
  readonly #clock: Clock;
  readonly #line: Waiting[] = [];
  readonly #lanes: Lanes;
  /** When the oldest of the line began to wait. */
  since = 0;

  constructor(parts: ResultsParts) {
    this.#clock = parts.clock;
    this.#lanes = new Lanes(parts);
  }

  /** Results in the line. */
  get size(): number {
    return this.#line.length;
  }

  /** Results in lanes, those that are being written among them. */
  get apart(): number {
    return this.#lanes.size;
  }

  /** When `writeApart` has something to do. */
  get apartAt(): number {
    return this.#lanes.at;
  }

  /** Whether results of this webhook are known not to be writable at the moment. */
  isStuck(webhookId: string): boolean {
    return this.#lanes.isStuck(webhookId);
  }

  add(waiting: Waiting): void {
    if (this.#lanes.join(waiting)) return;
    if (this.#line.length === 0) this.since = this.#clock.now();
    this.#line.push(waiting);
  }

  /** Takes the oldest results out of the line, at most `count` and no more than a statement should carry. */
  take(count: number): Waiting[] {
    return takeBatch(this.#line, count);
  }

  /** Takes back what was handed in without an answer, but for what is not worth writing any more. */
  putBack(taken: Waiting[]): void {
    const kept = worthWriting(taken, this.#clock.now());
    if (kept.length === 0) return;
    if (this.#line.length === 0) this.since = this.#clock.now();
    this.#line.unshift(...kept);
  }

  /** Sets those aside whose delivery somebody has locked. */
  setAside(taken: Waiting[], busyIds: string[]): void {
    if (busyIds.length === 0) return;
    const busy = new Set(busyIds);
    this.#lanes.takeBusy(taken.filter(({ result }) => busy.has(result.id)));
  }

  /** Writes each webhook's results apart, after the database refused them together. */
  splitUp(taken: Waiting[]): void {
    this.#lanes.takeRefused(taken);
  }

  /** Begins to write the lanes that are due. */
  writeApart(): void {
    this.#lanes.write();
  }

  /** The ids of everything that waits. */
  *ids(): Generator<string> {
    for (const { result } of this.#line) yield result.id;
    yield* this.#lanes.ids();
  }
}
