import type { Clock } from './clock';
import { takeBatch, type Waiting, worthWriting } from './waiting';
import { type Settle, writeAlone } from './writeAlone';

/** Writes of single webhooks' results at once: those that are tried for the first time, and those that had to wait. */
const writersAtOnce = { first: 4, again: 2 };
/** Milliseconds until what was locked is handed in again: doubled each time, up to `most`. */
const againPause = { first: 250, most: 10_000 };

/** Results of one webhook that are written apart from all others. */
type Lane = {
  waiting: Waiting[];
  /** When they are handed in again. */
  at: number;
  /** 0 while they were not tried alone. */
  pauseMs: number;
  /** Not known to be free: its further results wait here too, so that no other exchange is refused for them. */
  suspect: boolean;
  /** Something of the webhook itself is locked. */
  stuck: boolean;
  /** Most results in its next write: half as many after each that took too long. */
  most: number;
  writing: number;
};

type LanesParts = {
  clock: Clock;
  settle: Settle;
  /** Called when something was written, or is due to be. */
  onChange(): void;
};

/** Results that are written apart, each webhook's in a lane of its own: what is locked waits for itself alone. */
export class Lanes {
  readonly #parts: LanesParts;
  readonly #lanes = new Map<string, Lane>();

  constructor(parts: LanesParts) {
    this.#parts = parts;
  }

  /** Results in lanes, those that are being written among them. */
  get size(): number {
    let count = 0;
    for (const lane of this.#lanes.values()) count += lane.waiting.length + lane.writing;
    return count;
  }

  /** When `write` has something to do. */
  get at(): number {
    let at = Number.POSITIVE_INFINITY;
    if (this.#lanes.size === 0) return at;
    const free = this.#freeWriters();
    for (const lane of this.#lanes.values()) {
      if (lane.writing === 0 && free[kindOf(lane)] > 0) at = Math.min(at, lane.at);
    }
    return at;
  }

  /** Whether results of this webhook are known not to be writable at the moment. */
  isStuck(webhookId: string): boolean {
    return this.#lanes.size > 0 && this.#lanes.get(webhookId)?.stuck === true;
  }

  /** Takes a result whose webhook has a lane that is not known to be free; false where it has none. */
  join(waiting: Waiting): boolean {
    // A release touches nothing but its own delivery.
    const lane = this.#lanes.size > 0 ? this.#lanes.get(waiting.webhookId) : undefined;
    if (!lane?.suspect || waiting.result.status === 'released') return false;
    lane.waiting.push(waiting);
    return true;
  }

  /** Takes results whose delivery somebody has locked: they are handed in again after a pause. */
  takeBusy(taken: Waiting[]): void {
    this.#take(taken, { pauseMs: againPause.first, suspect: false });
  }

  /** Takes results that were refused together: they are due at once. */
  takeRefused(taken: Waiting[]): void {
    this.#take(taken, { pauseMs: 0, suspect: true });
  }

  #take(taken: Waiting[], { pauseMs, suspect }: { pauseMs: number; suspect: boolean }): void {
    const at = this.#parts.clock.now() + pauseMs;
    for (const waiting of taken) {
      const lane = this.#lanes.get(waiting.webhookId);
      if (lane) {
        lane.waiting.push(waiting);
        lane.at = Math.min(lane.at, at);
        lane.suspect ||= suspect;
      } else this.#lanes.set(waiting.webhookId, newLane(waiting, at, pauseMs, suspect));
    }
    this.#parts.onChange();
  }

  /** Begins to write the lanes that are due. */
  write(): void {
    const now = this.#parts.clock.now();
    const free = this.#freeWriters();
    for (const [webhookId, lane] of this.#lanes) {
      if (lane.writing > 0 || lane.at > now || free[kindOf(lane)] === 0) continue;
      free[kindOf(lane)] -= 1;
      void this.#writeLane(webhookId, lane);
    }
  }

  #freeWriters(): { first: number; again: number } {
    const free = { ...writersAtOnce };
    for (const lane of this.#lanes.values()) if (lane.writing > 0) free[kindOf(lane)] -= 1;
    return free;
  }

  /** The ids of everything that waits. */
  *ids(): Generator<string> {
    for (const lane of this.#lanes.values()) {
      for (const { result } of lane.waiting) yield result.id;
    }
  }

  /** Never rejects. */
  async #writeLane(webhookId: string, lane: Lane): Promise<void> {
    const taken = takeBatch(lane.waiting, lane.most);
    lane.writing = taken.length;
    const { again, stuck } = await writeAlone(this.#parts.settle, taken);
    lane.writing = 0;
    const now = this.#parts.clock.now();
    lane.waiting.unshift(...worthWriting(again, now));
    if (again.length > 0) {
      lane.pauseMs = Math.min(againPause.most, Math.max(againPause.first, lane.pauseMs * 2));
      lane.at = now + lane.pauseMs;
      lane.stuck = stuck;
      lane.suspect = stuck;
      lane.most = stuck ? Math.max(1, Math.floor(taken.length / 2)) : lane.most;
    } else {
      lane.stuck = false;
      lane.suspect = false;
      lane.most = Number.POSITIVE_INFINITY;
      lane.at = now;
    }
    if (lane.waiting.length === 0) this.#lanes.delete(webhookId);
    this.#parts.onChange();
  }
}

const newLane = (waiting: Waiting, at: number, pauseMs: number, suspect: boolean): Lane => ({
  waiting: [waiting],
  at,
  pauseMs,
  suspect,
  stuck: false,
  most: Number.POSITIVE_INFINITY,
  writing: 0,
});

const kindOf = (lane: Lane) => (lane.pauseMs === 0 ? 'first' : 'again');
