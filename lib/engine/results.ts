import type { Busy, SettledResult } from '@/lib/store/queueStore';
import { isLockTimeout, wasRefused } from '@/lib/store/storeError';
import type { Clock } from './clock';
import { report } from './report';

/** A result that waits to be written. */
export type Waiting = {
  result: SettledResult;
  webhookId: string;
  /** On the engine's clock: when another drain may send the delivery again. */
  leaseEndsAt: number;
};

/**
 * Milliseconds beyond the end of its lease for which a result is still worth writing: while nobody else has claimed
 * the delivery its fence still fits, and the receiver is spared a second request.
 */
const keptBeyondLease = 60_000;
/** Characters of sent and answered bodies that one statement takes, about: bodies may have 256 KiB each. */
const batchCharacters = 8 * 1024 * 1024;
/** Writes of single webhooks' results at once: those that are tried for the first time, and those that had to wait. */
const writersAtOnce = { first: 4, again: 2 };
/** Milliseconds until what was locked is handed in again: doubled each time, up to `most`. */
const againPause = { first: 250, most: 10_000 };
/** Longest reason that is written in place of a result. */
const maxReason = 500;

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

type ResultsParts = {
  clock: Clock;
  /** Writes results alone. Throws what `settleDeliveries` throws. */
  settle(results: SettledResult[]): Promise<Busy>;
  /** Called when something was written, or is due to be. */
  onChange(): void;
};

/**
 * Results that wait to be written: in the common line, for the next exchange, or apart in a lane of their webhook,
 * when the exchange was refused or somebody has their delivery locked. What is locked waits for itself alone. The ways are
 * drawn above the drain.
 */
export class Results {
  readonly #parts: ResultsParts;
  #line: Waiting[] = [];
  readonly #lanes = new Map<string, Lane>();
  /** When the oldest of the line began to wait. */
  since = 0;

  constructor(parts: ResultsParts) {
    this.#parts = parts;
  }

  /** Results in the line. */
  get size(): number {
    return this.#line.length;
  }

  /** Results in lanes, those that are being written among them. */
  get apart(): number {
    let count = 0;
    for (const lane of this.#lanes.values()) count += lane.waiting.length + lane.writing;
    return count;
  }

  /** When `writeApart` has something to do. */
  get apartAt(): number {
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

  add(waiting: Waiting): void {
    // A release touches nothing but its own delivery.
    const lane = this.#lanes.size > 0 ? this.#lanes.get(waiting.webhookId) : undefined;
    if (lane?.suspect && waiting.result.status !== 'released') {
      lane.waiting.push(waiting);
      return;
    }
    if (this.#line.length === 0) this.since = this.#parts.clock.now();
    this.#line.push(waiting);
  }

  /** Takes the oldest results out of the line, at most `count` and no more than a statement should carry. */
  take(count: number): Waiting[] {
    return takeBatch(this.#line, count);
  }

  /** Takes back what was handed in without an answer, but for what is not worth writing any more. */
  putBack(taken: Waiting[]): void {
    const kept = this.#worthWriting(taken);
    if (kept.length === 0) return;
    if (this.#line.length === 0) this.since = this.#parts.clock.now();
    this.#line.unshift(...kept);
  }

  /** Sets those aside whose delivery somebody has locked. */
  setAside(taken: Waiting[], busyIds: string[]): void {
    if (busyIds.length === 0) return;
    const busy = new Set(busyIds);
    this.#intoLanes(
      taken.filter(({ result }) => busy.has(result.id)),
      { pauseMs: againPause.first, suspect: false },
    );
  }

  /** Writes each webhook's results apart, after the database refused them together. */
  splitUp(taken: Waiting[]): void {
    this.#intoLanes(taken, { pauseMs: 0, suspect: true });
  }

  #intoLanes(taken: Waiting[], { pauseMs, suspect }: { pauseMs: number; suspect: boolean }): void {
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
  writeApart(): void {
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
    for (const { result } of this.#line) yield result.id;
    for (const lane of this.#lanes.values()) {
      for (const { result } of lane.waiting) yield result.id;
    }
  }

  /** Never rejects. */
  async #writeLane(webhookId: string, lane: Lane): Promise<void> {
    const taken = takeBatch(lane.waiting, lane.most);
    lane.writing = taken.length;
    const { again, stuck } = await this.#write(taken);
    lane.writing = 0;
    const kept = this.#worthWriting(again);
    lane.waiting.unshift(...kept);
    if (again.length > 0) {
      lane.pauseMs = Math.min(againPause.most, Math.max(againPause.first, lane.pauseMs * 2));
      lane.at = this.#parts.clock.now() + lane.pauseMs;
      lane.stuck = stuck;
      lane.suspect = stuck;
      lane.most = stuck ? Math.max(1, Math.floor(taken.length / 2)) : lane.most;
    } else {
      lane.stuck = false;
      lane.suspect = false;
      lane.most = Number.POSITIVE_INFINITY;
      lane.at = this.#parts.clock.now();
    }
    if (lane.waiting.length === 0) this.#lanes.delete(webhookId);
    this.#parts.onChange();
  }

  /**
   * Writes results of one webhook; answers those that have to be handed in again. What the database refuses is
   * halved until the one at fault stands alone. Never rejects.
   */
  async #write(batch: Waiting[]): Promise<{ again: Waiting[]; stuck: boolean }> {
    const [only] = batch;
    if (!only) return { again: [], stuck: false };
    try {
      const { busy } = await this.#parts.settle(batch.map(({ result }) => result));
      const isBusy = new Set(busy);
      return { again: batch.filter(({ result }) => isBusy.has(result.id)), stuck: false };
    } catch (error) {
      if (isLockTimeout(error)) return { again: batch, stuck: true };
      if (!wasRefused(error)) return noAnswer(batch, error);
      if (batch.length === 1) return this.#writeRefused(only, error);
      const middle = Math.ceil(batch.length / 2);
      const left = await this.#write(batch.slice(0, middle));
      const right = await this.#write(batch.slice(middle));
      return { again: [...left.again, ...right.again], stuck: left.stuck || right.stuck };
    }
  }

  /**
   * A single result that the database refuses for what is in it: written without its texts, because the outcome
   * counts more than the log; else as failed, with the reason. One that is refused even so is dropped, and its
   * delivery claimed again when the lease lapses.
   */
  async #writeRefused(waiting: Waiting, reason: unknown): Promise<{ again: Waiting[]; stuck: boolean }> {
    const { result } = waiting;
    report(`the texts of delivery ${result.id} could not be written`, reason);
    let refusal = reason;
    for (const plain of [withoutTexts(result), asFailed(result, reason)]) {
      try {
        const { busy } = await this.#parts.settle([plain]);
        return { again: busy.length > 0 ? [waiting] : [], stuck: false };
      } catch (error) {
        if (isLockTimeout(error)) return { again: [waiting], stuck: true };
        if (!wasRefused(error)) return noAnswer([waiting], error);
        refusal = error;
      }
    }
    report(`the result of delivery ${result.id} could not be written; it will be sent again`, refusal);
    return { again: [], stuck: false };
  }

  #worthWriting(taken: Waiting[]): Waiting[] {
    const now = this.#parts.clock.now();
    const kept = taken.filter(({ leaseEndsAt }) => now < leaseEndsAt + keptBeyondLease);
    if (kept.length < taken.length) {
      report('results could not be written in time; their deliveries are sent again', {
        deliveries: taken.length - kept.length,
      });
    }
    return kept;
  }
}

function noAnswer(again: Waiting[], error: unknown): { again: Waiting[]; stuck: boolean } {
  report('results could not be handed in; trying again', error);
  return { again, stuck: false };
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

/** Takes the oldest, at most `count` and about `batchCharacters` of bodies; one at least, however large it is. */
function takeBatch(line: Waiting[], count: number): Waiting[] {
  let taken = 0;
  let characters = 0;
  while (taken < Math.min(count, line.length) && characters < batchCharacters) {
    const result = line[taken++]?.result;
    characters += (result?.request_body?.length ?? 0) + (result?.response_body?.length ?? 0);
  }
  return line.splice(0, taken);
}

function withoutTexts(result: SettledResult): SettledResult {
  const texts = {
    request_headers: undefined,
    request_body: undefined,
    request_format: undefined,
    response_headers: undefined,
    response_body: undefined,
    console: undefined,
  };
  return { ...result, ...texts };
}

/** What any database takes. */
function asFailed({ id, fence }: SettledResult, reason: unknown): SettledResult {
  const why = reason instanceof Error ? reason.message : 'unknown';
  return {
    id,
    fence,
    status: 'failed',
    error_kind: 'request_invalid',
    error_message:
      `What came of the attempt could not be written: ${why.toWellFormed().replaceAll('\0', '')}`.slice(
        0,
        maxReason,
      ),
    started_at: new Date().toISOString(),
    duration_ms: 0,
  };
}
