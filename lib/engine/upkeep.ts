import { env } from '@/lib/env';
import { reasonOf } from '@/lib/store/storeError';
import { dueChores, noteChoreFailure, runChore } from '@/lib/store/upkeepStore';
import { countChoreFailure } from '@/lib/telemetry/metrics';
import { type Clock, monotonicClock, type Sleep, within } from './clock';
import { keepHost } from './keepHost';
import { report } from './report';

/** Milliseconds between two looks at what is due. */
const every = 60_000;
/** Milliseconds between two rounds over chores that have more to do: sending comes first. */
const pauseMs = 50;

type UpkeepParts = {
  clock: Clock;
  dueChores(): Promise<string[]>;
  runChore(chore: string): Promise<{ more: boolean }>;
  noteFailure(chore: string, error: string): Promise<void>;
  countFailure(chore: string): void;
};

/** How each chore that was due ended; `unfinished` has more to do, and goes on with the next call. */
export type ChoreOutcomes = Record<string, 'done' | 'failed' | 'unfinished'>;

/** Chores that are being run, and how those ended that have. */
type Pass = { outcomes: ChoreOutcomes; ended: Promise<void> };

/**
 * The chores of upkeep, each for itself and none before the sending: its own call, its own failure. Chores with more
 * to do take turns, so that a long one holds up no other.
 */
class Upkeep {
  readonly #parts: UpkeepParts;
  readonly #stop = Promise.withResolvers<void>();
  #stopped = false;
  #sleep: Sleep | null = null;
  #pass: Pass | null = null;

  constructor(parts: UpkeepParts) {
    this.#parts = parts;
  }

  /** Looks what is due at once, and then every minute for `budgetMs`. Answers how each chore ended last. Never rejects. */
  async runFor(budgetMs: number): Promise<ChoreOutcomes> {
    const { clock } = this.#parts;
    const until = clock.now() + budgetMs;
    const outcomes: ChoreOutcomes = {};
    for (;;) {
      const began = clock.now();
      const pass = this.#runDue(Math.max(until, began + every));
      await Promise.race([pass.ended, this.#stop.promise]);
      Object.assign(outcomes, pass.outcomes);
      const nextAt = began + every;
      if (this.#stopped || nextAt >= until) return outcomes;
      await this.#pause(nextAt - clock.now());
      if (this.#stopped) return outcomes;
    }
  }

  /** Begins no further chore, and answers whoever waits: one that is under way ends in the database by itself. */
  stop(): void {
    this.#stopped = true;
    this.#stop.resolve();
    this.#sleep?.end();
  }

  /** Who asks while chores are being run shares what comes of them. */
  #runDue(until: number): Pass {
    if (this.#pass) return this.#pass;
    const outcomes: ChoreOutcomes = {};
    const ended = this.#rounds(until, outcomes).finally(() => {
      this.#pass = null;
    });
    this.#pass = { outcomes, ended };
    return this.#pass;
  }

  async #rounds(until: number, outcomes: ChoreOutcomes): Promise<void> {
    let left = await this.#due();
    while (left.length > 0) {
      const unfinished: string[] = [];
      for (const chore of left) {
        if (this.#stopped) return;
        outcomes[chore] = await this.#run(chore);
        if (outcomes[chore] === 'unfinished') unfinished.push(chore);
      }
      left = unfinished;
      if (left.length === 0 || this.#parts.clock.now() >= until) break;
      await this.#pause(pauseMs);
    }
  }

  async #due(): Promise<string[]> {
    try {
      return await this.#parts.dueChores();
    } catch (error) {
      report('what is due of upkeep could not be asked', error);
      return [];
    }
  }

  async #run(chore: string): Promise<ChoreOutcomes[string]> {
    try {
      const { more } = await this.#parts.runChore(chore);
      return more ? 'unfinished' : 'done';
    } catch (error) {
      report(`the chore ${chore} failed; it is tried again`, error);
      await this.#noteFailure(chore, error);
      return 'failed';
    }
  }

  /** That a failure cannot be kept is no failure of anything else. */
  async #noteFailure(chore: string, error: unknown): Promise<void> {
    try {
      this.#parts.countFailure(chore);
      await this.#parts.noteFailure(chore, reasonOf(error));
    } catch (failure) {
      report(`the failure of the chore ${chore} could not be kept`, failure);
    }
  }

  async #pause(ms: number): Promise<void> {
    if (this.#stopped) return;
    this.#sleep = this.#parts.clock.sleep(ms);
    await this.#sleep.over;
    this.#sleep = null;
  }
}

/** Makes upkeep, with the parts of this process where none are given. */
export const createUpkeep = (given: Partial<UpkeepParts> = {}) =>
  new Upkeep({
    clock: monotonicClock,
    dueChores,
    runChore: (chore) => runChore(chore, env().WEBHOOKS_RETENTION_DAYS),
    noteFailure: noteChoreFailure,
    countFailure: countChoreFailure,
    ...given,
  });

// Route handlers are bundled apart from each other: the process's one upkeep lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkWebhookUpkeep?: Upkeep };
const upkeep = () => (holder.devlinkWebhookUpkeep ??= createUpkeep());

/** Milliseconds that the shortest call gives to chores. */
const leastPatience = 5000;

/** Runs what is due of upkeep, at once and every minute for `budgetMs`; answers after it, or when nothing is left. */
export async function runUpkeepFor(budgetMs: number): Promise<ChoreOutcomes> {
  let outcomes: ChoreOutcomes = {};
  const work = upkeep()
    .runFor(budgetMs)
    .then((ended) => {
      outcomes = ended;
    });
  keepHost(work);
  await within(monotonicClock, Math.max(leastPatience, budgetMs), work);
  return outcomes;
}

/** Begins no further chore: for SIGTERM. */
export function stopUpkeep(): void {
  upkeep().stop();
}
