import { after } from 'next/server';
import { env } from '@/lib/env';
import { type Claim, type ClaimedBatch, type ClaimedItem, releaseLeases } from '@/lib/store/queueStore';
import { countClaimed, timeExchange } from '@/lib/telemetry/metrics';
import { outsideTrace } from '@/lib/telemetry/spans';
import { attemptBatch } from './attemptBatch';
import { exchange } from './exchange';
import { payloadText } from './payloadText';
import { ResultBuffer } from './resultBuffer';
import { worker } from './worker';

/** Most deliveries in one claim, and most results in one statement. */
const batchSize = 1000;
/** Results that are worth an exchange at once: of half as many each costs the API half as much again. */
const goodBatch = 500;
/** Fewest and most milliseconds that fewer results wait for company. */
const linger = { least: 10, most: 200 };
/**
 * Characters of payloads under way beyond which only small ones are claimed. A request holds its payload up to
 * four times: as text, as body, in the seed's signature, on its way into the socket.
 */
const maxCharacters = 64 * 1024 * 1024;
/** Bytes: a payload of which `WEBHOOKS_CONCURRENCY` fit in memory. */
const smallPayload = 8 * 1024;
/** Exchanges with the database at once: while one is under way, what another brought is being sent. */
const maxExchanges = 2;
/** Milliseconds between two looks at an idle queue: events emitted in SQL wake nobody. */
const idlePoll = 500;
/** A drain that works in batches as small as `few`, while others have `many` deliveries under way, leaves it to them. */
const share = { few: 250, many: 500 };
/** Milliseconds for which a wake-up keeps the drain going, so that first retries are punctual without cron. */
const wakeSpan = 10_000;
/** Milliseconds to wait after the database could not be reached. */
const databasePause = 1000;

/**
 * Drains the queue in this process: each exchange with the database hands in the results so far and takes new
 * deliveries, while up to `WEBHOOKS_CONCURRENCY` attempts are under way, never waiting for the slowest. What ends
 * during one exchange goes with the next, so that batches grow with the load and a lone delivery never waits.
 * One per process; any number of processes.
 */
class Drain {
  readonly #results = new ResultBuffer();
  #inFlight = 0;
  #characters = 0;
  #exchanges = 0;
  #asked = 0;
  #budgetEnds = 0;
  #wakeEnds = 0;
  #wakes = 0;
  /** When to look at the queue again, and when the first of what the present round saw falls due. */
  #lookAt = 0;
  #dueAt = 0;
  /** Until then others have the work. */
  #restUntil = 0;
  /** Fewer results wait as long as the last exchange took: whoever shares a busy database asks it less often. */
  #linger = linger.least;
  #cursor: string | null = null;
  #stopped = false;
  /** Only a name that is the same after a restart can have left leases behind. */
  #mayHaveLeft = env().WEBHOOKS_WORKER !== undefined;
  #running: Promise<void> | null = null;
  #endSleep: () => void = () => {};

  /** Works for `budgetMs`, sleeping until the next delivery falls due. */
  runFor(budgetMs: number): Promise<void> {
    this.#budgetEnds = Math.max(this.#budgetEnds, Date.now() + budgetMs);
    return this.#run();
  }

  /** Works until nothing is due soon. Resolves at once when somebody else keeps the drain going already. */
  async wake(): Promise<void> {
    this.#wakeEnds = Date.now() + wakeSpan;
    this.#wakes += 1;
    this.#lookAt = 0;
    this.#restUntil = 0;
    this.#endSleep();
    if (!this.#running) await this.#run();
  }

  /** Attempts under way, and results that wait to be written. */
  get figures(): { inFlight: number; waiting: number } {
    return { inFlight: this.#inFlight, waiting: this.#results.size };
  }

  /** Claims nothing more; resolves when what is in flight has been written. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#endSleep();
    await this.#running;
  }

  #run(): Promise<void> {
    this.#running ??= outsideTrace(() => this.#loop()).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #loop(): Promise<void> {
    this.#lookAt = 0;
    this.#dueAt = 0;
    for (;;) {
      const now = Date.now();
      const mayClaim = !this.#stopped && now < Math.max(this.#budgetEnds, this.#wakeEnds);
      if (this.#isIdle && (!mayClaim || this.#nothingSoon(now))) return;
      const isResting = now < this.#restUntil;
      const room = mayClaim && !isResting ? this.#room : 0;
      const nextAt = this.#exchanges < maxExchanges ? this.#nextExchangeAt(room) : Number.POSITIVE_INFINITY;
      if (now >= nextAt) void this.#exchange(Math.min(room, batchSize));
      else await this.#sleep(Math.min(nextAt, isResting ? this.#restUntil : now + idlePoll) - now);
    }
  }

  /**
   * When the next exchange is worth its cost: at once for many results, or when nothing is under way that could
   * add to them; otherwise soon. And when the queue is to be looked at, unless hardly anything could be taken.
   */
  #nextExchangeAt(room: number): number {
    const aloneNow = this.#inFlight === 0;
    const { size, since } = this.#results;
    const resultsAt =
      size === 0 ? Number.POSITIVE_INFINITY : size >= goodBatch || aloneNow ? 0 : since + this.#linger;
    const isRoomy = room >= Math.min(goodBatch, env().WEBHOOKS_CONCURRENCY) / 4 || (aloneNow && room > 0);
    return Math.min(resultsAt, isRoomy ? this.#lookAt : Number.POSITIVE_INFINITY);
  }

  get #isIdle(): boolean {
    return this.#inFlight === 0 && this.#results.size === 0 && this.#exchanges === 0;
  }

  /** How many more attempts may be under way. */
  get #room(): number {
    return env().WEBHOOKS_CONCURRENCY - this.#inFlight - this.#asked;
  }

  /** Only a wake-up keeps the drain going, and nothing falls due within it. */
  #nothingSoon(now: number): boolean {
    return now >= this.#budgetEnds && now < this.#lookAt && this.#dueAt > this.#wakeEnds;
  }

  /** Never rejects. */
  async #exchange(maxItems: number): Promise<void> {
    const results = this.#results.take(batchSize);
    const wakes = this.#wakes;
    const began = Date.now();
    const request = {
      maxItems,
      worker: worker().life,
      after: this.#cursor,
      maxPayload: this.#characters < maxCharacters ? null : smallPayload,
    };
    this.#exchanges += 1;
    this.#asked += maxItems;
    // Until this one is answered another is worth it only for more results.
    if (maxItems > 0) this.#lookAt = Number.POSITIVE_INFINITY;
    try {
      if (this.#mayHaveLeft) await releaseLeases(worker().name, worker().life);
      this.#mayHaveLeft = false;
      const claim = await timeExchange(() => exchange(results, request));
      this.#linger = Math.min(Math.max(Date.now() - began, linger.least), linger.most);
      if (claim) this.#take(claim, wakes);
    } catch (error) {
      console.error('the webhook queue could not be reached; trying again', error);
      this.#results.putBack(results);
      this.#lookAt = Date.now() + databasePause;
      await new Promise((resolve) => setTimeout(resolve, databasePause));
    } finally {
      this.#exchanges -= 1;
      this.#asked -= maxItems;
      this.#endSleep();
    }
  }

  #take(claim: Claim, wakes: number): void {
    const now = Date.now();
    const dueAt = claim.wait_ms === null ? Number.POSITIVE_INFINITY : now + claim.wait_ms;
    this.#dueAt = this.#cursor === null ? dueAt : Math.min(this.#dueAt, dueAt);
    this.#cursor = claim.cursor;
    // A round over the webhooks that ended found everything; unless somebody woke us after it began.
    const isUnasked = wakes === this.#wakes;
    this.#lookAt = claim.cursor === null && isUnasked ? Math.min(this.#dueAt, now + idlePoll) : 0;
    if (isUnasked && this.#isBetterDoneElsewhere(claim)) this.#restUntil = now + idlePoll;
    const { batch } = claim;
    this.#inFlight += batch.items.length;
    for (const item of batch.items) this.#characters += payloadLength(item, batch);
    countClaimed(batch.items.length);
    void attemptBatch(batch, (item, result) => {
      this.#inFlight -= 1;
      this.#characters -= payloadLength(item, batch);
      if (result) this.#results.add(result);
      this.#endSleep();
    });
  }

  /**
   * An exchange costs the database much the same whatever it carries. Each drain takes the slots that it frees, so
   * that small shares would stay small for ever; of several drains in the same case about half rest.
   */
  #isBetterDoneElsewhere({ batch, in_flight_elsewhere }: Claim): boolean {
    const own = this.#inFlight + batch.items.length;
    return in_flight_elsewhere >= share.many && own < share.few && Math.random() < 0.5;
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function payloadLength(item: ClaimedItem, batch: ClaimedBatch): number {
  const event = batch.events[item.event_id];
  return event ? payloadText(event).length : 0;
}

// Route handlers are bundled apart from each other: the process's one drain lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkWebhookDrain?: Drain };
const drain = () => (holder.devlinkWebhookDrain ??= new Drain());

/** How many attempts of this process are under way, and how many results wait to be written. */
export const drainFigures = () => drain().figures;

/**
 * Makes the drain of this process look at the queue now. Sending does not wait for the response of the current
 * request; a serverless host is told to stay until the work is done.
 */
export function wakeDrain(): void {
  keepHost(drain().wake());
}

/** The host stays until the work is done: also when it is told to stop, or when who asked hangs up. */
function keepHost(work: Promise<void>): void {
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
  const work = drain().runFor(budgetMs);
  keepHost(work);
  await Promise.race([work, ownBudget]);
  clearTimeout(timer);
}

/** Claims nothing more and resolves when what is in flight has been written: for SIGTERM. */
export function stopDrain(): Promise<void> {
  return drain().stop();
}
