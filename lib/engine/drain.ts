import type { Claim } from '@/lib/store/claimSchema';
import type { Bell } from '@/lib/store/queueBell';
import type {
  ClaimRequest,
  exchangeDeliveries,
  releaseLeases,
  releaseUnknownLeases,
  settleDeliveries,
} from '@/lib/store/queueStore';
import { wasRefused } from '@/lib/store/storeError';
import { timeExchange } from '@/lib/telemetry/metrics';
import { outsideTrace } from '@/lib/telemetry/spans';
import type { Attempt } from './attempt';
import { Claims } from './claims';
import { type Clock, within } from './clock';
import { keepHost } from './keepHost';
import {
  type DrainState,
  databasePause,
  lingerAfter,
  type Plan,
  planNext,
  restingState,
  resultsPerExchange,
  roomForEmitted,
  roomOf,
} from './plan';
import { report } from './report';
import { Rest } from './rest';
import { Results } from './results';
import { pendingOf } from './states';
import { UnderWay } from './underWay';
import type { Waiting } from './waiting';
import { Width } from './width';

/** Milliseconds for which a wake-up keeps the drain going, so that first retries are punctual without cron. */
const wakeSpan = 10_000;
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
export type Committed = { queued: boolean; claim: Claim | null };

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
 * Sleeping and dozing are in `rest`, claims in `claims`, what comes of a claimed delivery in `underWay`. docs/faults.md names the
 * test of each arrow.
 */
export class Drain {
  readonly #parts: DrainParts;
  readonly #state: DrainState;
  readonly #results: Results;
  readonly #rest: Rest;
  readonly #claims: Claims;
  readonly #underWay: UnderWay;
  /** At most what is configured, or what this process has sockets for. */
  readonly #width: Width;
  #running: Promise<void> | null = null;
  readonly #abandoned = Promise.withResolvers<void>();
  #isAbandoned = false;

  constructor(parts: DrainParts) {
    const { clock, settle } = parts;
    this.#parts = parts;
    this.#width = new Width(clock, () => Math.min(parts.concurrency, parts.sockets()));
    this.#state = restingState(this.#width.current, parts.mayHaveLeft, clock.now());
    this.#rest = new Rest(parts, this.#state);
    const onEnd = () => this.#rest.endSleep();
    this.#results = new Results({ clock, settle, onChange: onEnd });
    this.#underWay = new UnderWay(
      { ...parts, results: this.#results, width: this.#width, onEnd },
      this.#state,
    );
    this.#claims = new Claims({ ...parts, onClaim: this.#take }, this.#state, this.#rest);
  }

  /** Looks at the queue at once, and works for `budgetMs`, sleeping until the next delivery falls due. */
  runFor(budgetMs: number): Promise<void> {
    this.#rest.lookAtOnce();
    this.#state.budgetEnds = Math.max(this.#state.budgetEnds, this.#parts.clock.now() + budgetMs);
    return this.#run();
  }

  /** Works until nothing is due soon. Resolves at once when somebody else keeps the drain going already. */
  async wake(): Promise<void> {
    const now = this.#parts.clock.now();
    this.#state.wakeEnds = now + wakeSpan;
    this.#state.busyAt = now;
    this.#rest.lookAtOnce();
    if (!this.#running) await this.#run();
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
    this.#underWay.releaseWaiting();
    this.#rest.endSleep();
    const running = this.#running;
    if (!running) return;
    if (this.#state.underWay > 0) {
      await within(clock, graceMs, Promise.race([running, this.#underWay.lastEnded]));
    }
    await within(clock, Math.min(writeGrace, Math.max(0, until - clock.now())), running);
    this.#isAbandoned = true;
    this.#abandoned.resolve();
    this.#rest.endSleep();
  }

  /** Takes a result of somebody else in this process that could not be written at once. */
  handIn(waiting: Waiting): void {
    this.#results.add(waiting);
    void this.wake();
  }

  get figures(): DrainFigures {
    const state = this.#present();
    const { answeredAt, askedAt, failures } = this.#claims.contact;
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
        await this.#rest.sleepUntil(this.#parts.clock.now() + databasePause);
      }
    }
    this.#running = null;
  }

  async #carryOut(plan: Exclude<Plan, { step: 'end' }>): Promise<void> {
    if (plan.step === 'exchange') void this.#exchange(plan);
    else if (plan.step === 'apart') this.#results.writeApart();
    else if (plan.step === 'recover')
      await this.#claims.recover(() => [...this.#underWay.ids(), ...this.#results.ids()]);
    else if (plan.step === 'doze') await this.#rest.doze();
    else await this.#rest.sleepUntil(plan.until);
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
    if (taken.length > 0) this.#rest.stayAwake();
    const results = taken.map(({ result }) => result);
    const began = clock.now();
    // Until this one is answered another is worth it only for more results.
    if (maxItems > 0) this.#state.lookAt = Number.POSITIVE_INFINITY;
    try {
      await this.#claims.ask({ maxItems, maxPayload, patienceMs }, async (request) => {
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
    const dozed = this.#rest.stayAwake();
    const room = roomForEmitted(this.#present(), this.#parts.clock.now());
    let looks = dozed && !this.#running;
    try {
      const committed =
        room === 0
          ? await commit(null)
          : await this.#claims.ask({ maxItems: room, maxPayload: null }, commit);
      looks ||= committed.claim ? !this.#running : committed.queued;
      return committed;
    } finally {
      if (looks) keepHost(this.wake());
      else this.#rest.endSleep();
    }
  }

  readonly #take = (claim: Claim, askedAt: number) => {
    for (const item of claim.batch.items) this.#underWay.begin(pendingOf(claim.batch, item, askedAt));
    if (claim.jobs) this.#parts.onJobs();
  };

  #failed(error: unknown, taken: Waiting[]): void {
    const state = this.#state;
    const now = this.#parts.clock.now();
    this.#claims.contact.failures += 1;
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
}
