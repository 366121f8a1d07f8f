import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { after } from 'next/server';
import { env } from '@/lib/env';
import { type Claim, claimDeliveries } from '@/lib/store/queueStore';
import { attemptBatch } from './attemptBatch';
import { Settler } from './settler';

/** Most deliveries in one claim. */
const claimSize = 200;
/** Milliseconds between two looks at an idle queue: events emitted in SQL wake nobody. */
const idlePoll = 500;
/** Milliseconds for which a wake-up keeps the drain going, so that first retries are punctual without cron. */
const wakeSpan = 10_000;
/** Milliseconds to wait after the database could not be reached. */
const databasePause = 1000;

/**
 * Drains the queue in this process: claims due deliveries, keeps up to `WEBHOOKS_CONCURRENCY` attempts under
 * way without waiting for the slowest, writes the results in batches. One per process; any number of processes.
 */
class Drain {
  readonly worker = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  readonly #settler = new Settler(() => this.#signal());
  #inFlight = 0;
  #budgetEnds = 0;
  #wakeEnds = 0;
  #stopped = false;
  #running: Promise<void> | null = null;
  #pendingSignal = false;
  #wakeSleeper: (() => void) | null = null;

  /** Works for `budgetMs`, sleeping until the next delivery falls due. */
  runFor(budgetMs: number): Promise<void> {
    this.#budgetEnds = Math.max(this.#budgetEnds, Date.now() + budgetMs);
    return this.#run();
  }

  /** Works until nothing is due soon. Resolves at once when somebody else keeps the drain going already. */
  async wake(): Promise<void> {
    this.#wakeEnds = Date.now() + wakeSpan;
    this.#signal();
    if (!this.#running) await this.#run();
  }

  /** Claims nothing more; resolves when what is in flight has been written. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#signal();
    await this.#running;
  }

  #run(): Promise<void> {
    this.#running ??= this.#loop().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #loop(): Promise<void> {
    let cursor: string | null = null;
    while (!this.#stopped && Date.now() < Math.max(this.#budgetEnds, this.#wakeEnds)) {
      const free = env().WEBHOOKS_CONCURRENCY - this.#inFlight;
      if (free <= 0) {
        await this.#sleep(idlePoll);
        continue;
      }
      const roundStarts = cursor === null;
      const claim: Claim | null = await claimDeliveries(Math.min(free, claimSize), this.worker, cursor).catch(
        reportLostDatabase,
      );
      if (claim === null) {
        await this.#sleep(databasePause);
        continue;
      }
      cursor = claim.cursor;
      if (claim.batch.items.length > 0) this.#dispatch(claim.batch);
      else if (cursor === null && roundStarts && !(await this.#rest(claim.wait_ms))) break;
    }
    while (this.#inFlight > 0) await this.#sleep(idlePoll);
    await this.#settler.idle();
  }

  #dispatch(batch: Parameters<typeof attemptBatch>[0]): void {
    this.#inFlight += batch.items.length;
    void attemptBatch(batch, (_id, result) => {
      this.#inFlight -= 1;
      if (result) this.#settler.add(result);
      else this.#signal();
    });
  }

  /**
   * Sleeps until something may be due.
   * @returns false when there is no reason to go on: only a wake-up keeps us, and nothing falls due within it
   */
  async #rest(waitMs: number | null): Promise<boolean> {
    const now = Date.now();
    const nothingSoon = waitMs === null || now + waitMs > this.#wakeEnds;
    if (now >= this.#budgetEnds && nothingSoon && this.#inFlight === 0 && !this.#pendingSignal) return false;
    await this.#sleep(Math.min(waitMs ?? idlePoll, idlePoll));
    return true;
  }

  async #sleep(ms: number): Promise<void> {
    if (!this.#pendingSignal) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wakeSleeper = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wakeSleeper = null;
    }
    this.#pendingSignal = false;
  }

  #signal(): void {
    this.#pendingSignal = true;
    this.#wakeSleeper?.();
  }
}

function reportLostDatabase(error: unknown): null {
  console.error('webhook deliveries could not be claimed; trying again', error);
  return null;
}

// Route handlers are bundled apart from each other: the process's one drain lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkWebhookDrain?: Drain };
const drain = () => (holder.devlinkWebhookDrain ??= new Drain());

/** The name under which this process leases deliveries. */
export const workerName = () => drain().worker;

/**
 * Makes the drain of this process look at the queue now. Sending does not wait for the response of the current
 * request; a serverless host is told to stay until the work is done.
 */
export function wakeDrain(): void {
  const work = drain().wake();
  try {
    after(work);
  } catch {
    // Outside a request there is no host to tell.
  }
}

/**
 * Drains for `budgetMs` milliseconds, sleeping until deliveries fall due. Several callers share one drain and
 * each is answered when its own budget ends.
 */
export async function drainFor(budgetMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const ownBudget = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, budgetMs + 1000);
  });
  await Promise.race([drain().runFor(budgetMs), ownBudget]);
  clearTimeout(timer);
}

/** Claims nothing more and resolves when what is in flight has been written: for SIGTERM. */
export function stopDrain(): Promise<void> {
  return drain().stop();
}
