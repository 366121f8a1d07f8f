import { env } from '@/lib/env';
import type { Claim } from '@/lib/store/claimSchema';
import type { Bell } from '@/lib/store/queueBell';
import {
  type ClaimRequest,
  exchangeDeliveries,
  releaseLeases,
  releaseUnknownLeases,
  type SettledResult,
  settleDeliveries,
} from '@/lib/store/queueStore';
import { wasRefused } from '@/lib/store/storeError';
import { countClaimed, countOwnLack, timeExchange } from '@/lib/telemetry/metrics';
import { outsideTrace } from '@/lib/telemetry/spans';
import { type Attempt, createAttempt } from './attempt';
import { bell } from './bell';
import { type Clock, monotonicClock, type Sleep, within } from './clock';
import { noticeJobs } from './jobs';
import { keepHost } from './keepHost';
import {
  afterClaim,
  type DrainState,
  dozeAfter,
  lingerAfter,
  type Plan,
  planNext,
  restingState,
  resultsPerExchange,
  roomForEmitted,
  roomOf,
} from './plan';
import { report } from './report';
import { Results } from './results';
import { Slots } from './slots';
import { socketsForSending } from './sockets';
import { type Pending, pendingOf, releaseOf } from './states';
import type { Waiting } from './waiting';
import { Width } from './width';
import { worker } from './worker';

/** Milliseconds for which a wake-up keeps the drain going, so that first retries are punctual without cron. */
const wakeSpan = 10_000;
/** Milliseconds that falling asleep may take: nobody waits for it. */
const dozePatience = 200;
/** Milliseconds to wait after the database could not be reached. */
const databasePause = 1000;
/** Milliseconds after the last attempt for which a stopping drain tries to write what came of them. */
const writeGrace = 8000;

/** What a drain works with; all of it can be given, so that its timing is tested by signals. */
export type DrainParts = {
  clock: Clock;
  /** From 0 to 1. */
  random(): number;
  /** Most attempts under way at once. */
  concurrency: number;
  /** How many sockets this process may have for them, at the moment. */
  sockets(): number;
  worker: { name: string; life: string };
  /** An earlier process of the same name may have left leases. */
  mayHaveLeft: boolean;
  exchange: typeof exchangeDeliveries;
  settle: typeof settleDeliveries;
  releaseLeases: typeof releaseLeases;
  releaseUnknownLeases: typeof releaseUnknownLeases;
  attempt: Attempt;
  /** Where the database tells of deliveries; null: nowhere. */
  bell(): Pick<Bell, 'doze' | 'rouse'> | null;
  /** A claim told that a background job waits. */
  onJobs(): void;
};

/** What came of a commit of events: whether it queued deliveries, and what was claimed in it; null: nothing was. */
type Committed = { queued: boolean; claim: Claim | null };

/** What the drain of this process is at. Milliseconds are monotonic. */
export type DrainFigures = {
  /** Attempts under way. */
  inFlight: number;
  /** Results that wait to be written, those set aside for a lock included. */
  waiting: number;
  /** How many attempts may be under way at once: WEBHOOKS_CONCURRENCY, or less after a lack of our own. */
  concurrency: number;
  /** How many more deliveries may be claimed at the moment. */
  freeSlots: number;
  /** Since the last exchange with the database that was answered; null: never in this process. */
  lastExchangeMs: number | null;
  /** Since the last exchange began, answered or not; null: never. */
  lastAskedMs: number | null;
  /** Exchanges that failed since the last one that was answered. */
  failedExchanges: number;
  /** Whether the loop runs at this moment: an idle process without a budget rests. */
  running: boolean;
};

/**
 * Drains the queue in this process: each exchange with the database hands in the results so far and takes new
 * deliveries, while many attempts are under way, never waiting for the slowest. What ends during one exchange goes with
 * the next, so that batches grow with the load and a lone delivery never waits. One per process; any number of
 * processes. `plan` decides, the drain performs:
 *
 *                 wake, runFor; emit, with what it claimed along
 *      at rest ─────────────────► planNext ◄──────────────────────────────────────────────┐
 *         ▲                          │                                                    │
 *         │  nothing to do,          ├─ sleep: until the next look, wake-up or result ────┤
 *         │  or stopped              ├─ exchange: results in, deliveries out (two at most)┤
 *         └──────────────────────────┤     answered: the claim's deliveries begin         │
 *                                    │     no answer: results back, pause, leases unknown │
 *                                    │     refused: results apart, by webhook             │
 *                                    ├─ recover: unknown leases are given up ─────────────┤
 *                                    ├─ doze: the database tells of what comes; a look ───┤
 *                                    └─ apart: locked or refused results, alone ──────────┘
 *
 * A delivery, from its claim to what is written of it:
 *
 *      claimed ─┬─ a slot is free ────────────────┬─► attempt ─┬─ sent, or impossible ─► result, as decided
 *               ├─ none ─► waits ─┬─ one is given ┘            ├─ a step breaks ───────► result: failed, with the reason
 *               │                 └─ stopping ─► released      ├─ nothing may be sent ─► result: released
 *               └─ its webhook is stuck ───────► released      └─ breaks off ──────────► none: its lease lapses
 *
 *      result ─┬─► line ─► exchange ─┬─ written
 *              │                     ├─ no answer ─► line again, unless too old
 *              │                     ├─ busy ──────► lane of its webhook, after a pause
 *              │                     └─ refused ───► lane of its webhook, at once
 *              └─ its webhook is stuck ─► lane ─► alone ─┬─ written
 *                                                        ├─ locked, no answer ─► lane again, unless too old
 *                                                        └─ refused ─► halved ─► without texts ─► as failed ─► dropped
 *
 * The line is in `results`, lanes in `lanes`, what is written alone in `writeAlone`; how many attempts are under way at once is
 * for `width` to say. docs/faults.md names the test of each arrow.
 */
class Drain {
  readonly #parts: DrainParts;
  readonly #state: DrainState;
  readonly #results: Results;
  readonly #slots = new Slots<Pending>();
  /** The fence of each delivery that is under way, by id. */
  readonly #leases = new Map<string, number>();
  #mayHaveLeft: boolean;
  #wakes = 0;
  #running: Promise<void> | null = null;
  #sleep: Sleep | null = null;
  /** At most what is configured, or what this process has sockets for. */
  readonly #width: Width;
  readonly #contact: { answeredAt: number | null; askedAt: number | null; failures: number } = {
    answeredAt: null,
    askedAt: null,
    failures: 0,
  };
  readonly #lastEnded = Promise.withResolvers<void>();
  readonly #abandoned = Promise.withResolvers<void>();
  #isAbandoned = false;

  constructor(parts: DrainParts) {
    this.#parts = parts;
    this.#mayHaveLeft = parts.mayHaveLeft;
    this.#width = new Width(parts.clock, () => Math.min(parts.concurrency, parts.sockets()));
    this.#state = restingState(this.#width.current, parts.mayHaveLeft, parts.clock.now());
    this.#results = new Results({
      clock: parts.clock,
      settle: parts.settle,
      onChange: () => this.#sleep?.end(),
    });
  }

  /** Looks at the queue at once, and works for `budgetMs`, sleeping until the next delivery falls due. */
  runFor(budgetMs: number): Promise<void> {
    this.#lookAtOnce();
    this.#state.budgetEnds = Math.max(this.#state.budgetEnds, this.#parts.clock.now() + budgetMs);
    return this.#run();
  }

  /** Works until nothing is due soon. Resolves at once when somebody else keeps the drain going already. */
  async wake(): Promise<void> {
    const now = this.#parts.clock.now();
    this.#state.wakeEnds = now + wakeSpan;
    this.#state.busyAt = now;
    this.#lookAtOnce();
    if (!this.#running) await this.#run();
  }

  /** Also when a claim is under way that was asked for before: it may not have seen what there is now. */
  #lookAtOnce(): void {
    this.#state.lookAt = Number.NEGATIVE_INFINITY;
    this.#state.restUntil = Number.NEGATIVE_INFINITY;
    this.#wakes += 1;
    this.stayAwake();
    this.#sleep?.end();
  }

  /** Does not doze for a while. Answers whether it did. */
  stayAwake(): boolean {
    const bell = this.#parts.bell();
    this.#state.dozeAt = bell ? this.#parts.clock.now() + dozeAfter : Number.POSITIVE_INFINITY;
    return bell?.rouse() ?? false;
  }

  /**
   * Claims nothing more, releases what was not sent, and resolves when what is under way has ended and is written; at
   * most after `graceMs`, and soon after the last attempt when nothing can be written. What is left then is given up:
   * it comes again when its lease lapses.
   */
  async stop(graceMs: number): Promise<void> {
    const { clock } = this.#parts;
    const until = clock.now() + graceMs;
    this.#state.stopped = true;
    for (const pending of this.#slots.empty())
      this.#release(pending, 'The process that held it is stopping.');
    this.#sleep?.end();
    const running = this.#running;
    if (!running) return;
    if (this.#state.underWay > 0) {
      await within(clock, graceMs, Promise.race([running, this.#lastEnded.promise]));
    }
    await within(clock, Math.min(writeGrace, Math.max(0, until - clock.now())), running);
    this.#isAbandoned = true;
    this.#abandoned.resolve();
    this.#sleep?.end();
  }

  /** Takes a result of somebody else in this process that could not be written at once. */
  handIn(waiting: Waiting): void {
    this.#results.add(waiting);
    void this.wake();
  }

  get figures(): DrainFigures {
    const state = this.#present();
    const { answeredAt, askedAt, failures } = this.#contact;
    const ago = (at: number | null) => (at === null ? null : this.#parts.clock.now() - at);
    return {
      inFlight: state.underWay,
      waiting: state.results + state.apart,
      concurrency: state.width,
      freeSlots: roomOf(state),
      lastExchangeMs: ago(answeredAt),
      lastAskedMs: ago(askedAt),
      failedExchanges: failures,
      running: this.#running !== null,
    };
  }

  #run(): Promise<void> {
    // The loop itself tells when it has ended, so that no wake-up falls between its end and the news of it.
    this.#running ??= Promise.race([
      outsideTrace(() => Promise.resolve().then(() => this.#loop())),
      this.#abandoned.promise,
    ]);
    return this.#running;
  }

  async #loop(): Promise<void> {
    this.#state.lookAt = Number.NEGATIVE_INFINITY;
    this.#state.dueAt = Number.NEGATIVE_INFINITY;
    while (!this.#isAbandoned) {
      try {
        const plan = planNext(this.#present(), this.#parts.clock.now());
        if (plan.step === 'end') break;
        await this.#carryOut(plan);
      } catch (error) {
        report('a defect in the drain; it goes on', error);
        await this.#sleepUntil(this.#parts.clock.now() + databasePause);
      }
    }
    this.#running = null;
  }

  async #carryOut(plan: Exclude<Plan, { step: 'end' }>): Promise<void> {
    if (plan.step === 'exchange') void this.#exchange(plan);
    else if (plan.step === 'apart') this.#results.writeApart();
    else if (plan.step === 'recover') await this.#recover();
    else if (plan.step === 'doze') await this.#doze();
    else await this.#sleepUntil(plan.until);
  }

  #present(): DrainState {
    const { size, since, apart, apartAt } = this.#results;
    const width = this.#width.current;
    return Object.assign(this.#state, { width, results: size, resultsSince: since, apart, apartAt });
  }

  /** Never rejects. */
  async #exchange({ maxItems, maxPayload, patienceMs }: Extract<Plan, { step: 'exchange' }>): Promise<void> {
    const { clock, exchange } = this.#parts;
    let taken = this.#results.take(resultsPerExchange);
    if (taken.length > 0) this.stayAwake();
    const results = taken.map(({ result }) => result);
    const began = clock.now();
    // Until this one is answered another is worth it only for more results.
    if (maxItems > 0) this.#state.lookAt = Number.POSITIVE_INFINITY;
    try {
      await this.#claiming({ maxItems, maxPayload, patienceMs }, async (request) => {
        const answer = await timeExchange(() => exchange(results, request));
        this.#state.linger = lingerAfter(clock.now() - began);
        this.#results.setAside(taken, answer.busy);
        taken = [];
        return answer;
      });
    } catch (error) {
      this.#failed(error, taken);
    }
  }

  /**
   * Runs what commits deliveries. A drain that knows of nothing else to claim has them claimed in the same transaction, so that the
   * first try begins right after it; another one looks at the queue then. @throws what `commit` rejects with
   */
  async emit<T extends Committed>(commit: (request: ClaimRequest | null) => Promise<T>): Promise<T> {
    const dozed = this.stayAwake();
    const room = roomForEmitted(this.#present(), this.#parts.clock.now());
    let looks = dozed && !this.#running;
    try {
      const committed =
        room === 0 ? await commit(null) : await this.#claiming({ maxItems: room, maxPayload: null }, commit);
      looks ||= committed.claim ? !this.#running : committed.queued;
      return committed;
    } finally {
      if (looks) keepHost(this.wake());
      else this.#sleep?.end();
    }
  }

  /** Asks for a claim and takes it. @throws what `ask` rejects with */
  async #claiming<T extends { claim: Claim | null }>(
    wanted: Pick<ClaimRequest, 'maxItems' | 'maxPayload' | 'patienceMs'>,
    ask: (request: ClaimRequest) => Promise<T>,
  ): Promise<T> {
    const { clock, worker } = this.#parts;
    const state = this.#state;
    const wakes = this.#wakes;
    const began = clock.now();
    this.#contact.askedAt = began;
    state.exchanges += 1;
    state.asked += wanted.maxItems;
    try {
      const answer = await ask({ ...wanted, worker: worker.life, after: state.cursor });
      this.#contact.answeredAt = clock.now();
      this.#contact.failures = 0;
      if (answer.claim) this.#take(answer.claim, began, wakes !== this.#wakes);
      return answer;
    } catch (error) {
      if (wanted.maxItems > 0 && !wasRefused(error)) state.unknownLeases = true;
      throw error;
    } finally {
      state.exchanges -= 1;
      state.asked -= wanted.maxItems;
      this.#sleep?.end();
    }
  }

  #failed(error: unknown, taken: Waiting[]): void {
    const state = this.#state;
    const now = this.#parts.clock.now();
    this.#contact.failures += 1;
    state.lookAt = now;
    if (wasRefused(error) && taken.length > 0) {
      report("results were refused together; each webhook's are written apart", error);
      this.#results.splitUp(taken);
      return;
    }
    report('the webhook queue could not be reached; trying again', error);
    state.pausedUntil = now + databasePause;
    this.#results.putBack(taken);
  }

  /** Gives up the leases that earlier lives, or a claim whose answer never came, may have left. Never rejects. */
  async #recover(): Promise<void> {
    const { worker } = this.#parts;
    try {
      if (this.#mayHaveLeft) await this.#parts.releaseLeases(worker.name, worker.life);
      this.#mayHaveLeft = false;
      const held = [...this.#leases.keys(), ...this.#results.ids()];
      await this.#parts.releaseUnknownLeases(worker.life, held);
      this.#state.unknownLeases = false;
      this.#state.lookAt = this.#parts.clock.now();
    } catch (error) {
      report('unknown leases could not be given up', error);
      // Refused, they lapse by themselves: nobody is helped by waiting.
      if (wasRefused(error)) this.#state.unknownLeases = false;
      else this.#state.pausedUntil = this.#parts.clock.now() + databasePause;
    }
  }

  /** What was committed before it dozes is looked for once more, in all webhooks. Never rejects. */
  async #doze(): Promise<void> {
    const { bell, clock } = this.#parts;
    const wakes = this.#wakes;
    let dozes = false;
    this.#state.dozeAt = Number.POSITIVE_INFINITY;
    const asked = bell()
      ?.doze()
      .then((answer) => {
        dozes = answer;
      });
    if (asked) await within(clock, dozePatience, asked);
    if (wakes !== this.#wakes) return;
    if (dozes) {
      this.#state.cursor = null;
      this.#state.lookAt = Number.NEGATIVE_INFINITY;
    } else {
      bell()?.rouse();
      this.#state.dozeAt = clock.now() + dozeAfter;
    }
  }

  /** @param askedAt when the claim was asked for: its leases last at least from then on */
  #take({ batch, ...claim }: Claim, askedAt: number, woken: boolean): void {
    const { clock, random } = this.#parts;
    const seen = { ...claim, items: batch.items.length };
    Object.assign(this.#state, afterClaim(this.#state, seen, { now: clock.now(), random: random(), woken }));
    countClaimed(batch.items.length);
    if (batch.items.length > 0) this.stayAwake();
    for (const item of batch.items) this.#begin(pendingOf(batch, item, askedAt));
    if (claim.jobs) this.#parts.onJobs();
  }

  #begin(pending: Pending): void {
    const { item, webhook } = pending;
    this.#state.underWay += 1;
    this.#state.characters += charactersOf(pending);
    this.#leases.set(item.id, item.fence);
    if (this.#results.isStuck(item.webhook_id)) {
      this.#release(pending, 'Results of its webhook cannot be written at the moment.');
    } else if (this.#slots.take(item.webhook_id, webhook?.max_in_flight ?? 1, pending)) {
      void this.#perform(pending);
    }
  }

  /** Never rejects. */
  async #perform(pending: Pending): Promise<void> {
    const began = this.#parts.clock.now();
    try {
      const { result, lacked } = await this.#parts.attempt(pending, this.#mayStillSend);
      this.#ended(pending, result);
      if (lacked) {
        countOwnLack('sender');
        this.#width.narrow(began, this.#state.underWay + 1);
      } else if (result.status === 'success') this.#width.widen();
    } catch (error) {
      report(`delivery ${pending.item.id} could not be attempted; it will be claimed again`, error);
      this.#ended(pending, null);
    }
    const next = this.#slots.giveBack(pending.item.webhook_id);
    if (next) void this.#perform(next);
  }

  readonly #mayStillSend = () => !this.#state.stopped;

  #release(pending: Pending, reason: string): void {
    this.#ended(pending, releaseOf(pending, reason, { now: new Date(), jitter: this.#parts.random() }));
  }

  #ended(pending: Pending, result: SettledResult | null): void {
    const { item, leaseEndsAt } = pending;
    const state = this.#state;
    state.underWay -= 1;
    state.characters -= charactersOf(pending);
    if (this.#leases.get(item.id) === item.fence) this.#leases.delete(item.id);
    if (result) this.#results.add({ result, webhookId: item.webhook_id, leaseEndsAt });
    if (state.stopped && state.underWay === 0) this.#lastEnded.resolve();
    this.#sleep?.end();
  }

  async #sleepUntil(until: number): Promise<void> {
    this.#sleep = this.#parts.clock.sleep(until - this.#parts.clock.now());
    await this.#sleep.over;
    this.#sleep = null;
  }
}

const charactersOf = ({ event }: Pending) => event?.payload.length ?? 0;

/** Makes a drain, with the parts of this process where none are given. */
export function createDrain(given: Partial<DrainParts> = {}): Drain {
  return new Drain({
    clock: monotonicClock,
    random: () => Math.random(),
    concurrency: given.concurrency ?? env().WEBHOOKS_CONCURRENCY,
    sockets: socketsForSending,
    worker: given.worker ?? worker(),
    // Only a name that is the same after a restart can have left leases behind.
    mayHaveLeft: given.mayHaveLeft ?? env().WEBHOOKS_WORKER !== undefined,
    exchange: exchangeDeliveries,
    settle: settleDeliveries,
    releaseLeases,
    releaseUnknownLeases,
    attempt: given.attempt ?? createAttempt(),
    bell,
    onJobs: noticeJobs,
    ...given,
  });
}

// Route handlers are bundled apart from each other: the process's one drain lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkWebhookDrain?: Drain };
const drain = () => (holder.devlinkWebhookDrain ??= createDrain());

/** What the drain of this process is at. */
export const drainFigures = (): DrainFigures => drain().figures;

/**
 * Makes the drain of this process look at the queue now. Sending does not wait for the response of the current
 * request; a serverless host is told to stay until the work is done.
 */
export function wakeDrain(): void {
  keepHost(drain().wake());
}

/** Runs what commits deliveries, with the drain of this process: it claims them along, or looks at the queue then. */
export const emitWithDrain = <T extends Committed>(commit: (request: ClaimRequest | null) => Promise<T>) =>
  drain().emit(commit);

/** Leaves a result that could not be written at once to the drain of this process. */
export function handIn(waiting: Waiting): void {
  drain().handIn(waiting);
}

/**
 * Drains for `budgetMs` milliseconds, sleeping until deliveries fall due. Several callers share one drain and
 * each is answered when its own budget ends.
 */
export async function drainFor(budgetMs: number): Promise<void> {
  const work = drain().runFor(budgetMs);
  keepHost(work);
  await within(monotonicClock, budgetMs + 1000, work);
}

/** Claims nothing more and resolves when what is under way has been written, at most after `graceMs`: for SIGTERM. */
export function stopDrain(graceMs = 35_000): Promise<void> {
  return drain().stop(graceMs);
}
