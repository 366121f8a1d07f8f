import type { SettledResult } from '@/lib/store/queueStore';
import { countOwnLack } from '@/lib/telemetry/metrics';
import type { Attempt } from './attempt';
import type { Clock } from './clock';
import type { DrainState } from './plan';
import { report } from './report';
import type { Results } from './results';
import { Slots } from './slots';
import { type Pending, releaseOf } from './states';
import type { Width } from './width';

type UnderWayParts = {
  clock: Clock;
  random(): number;
  attempt: Attempt;
  results: Results;
  width: Width;
  /** One is no longer under way. */
  onEnd(): void;
};
type UnderWayState = Pick<DrainState, 'stopped' | 'underWay' | 'characters'>;

/**
 * The deliveries that a drain has claimed, until it has results of them. From the claim to what is written:
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
 * for `width` to say.
 */
export class UnderWay {
  readonly #parts: UnderWayParts;
  readonly #state: UnderWayState;
  readonly #slots = new Slots<Pending>();
  /** The fence of each delivery that is under way, by id. */
  readonly #leases = new Map<string, number>();
  readonly #lastEnded = Promise.withResolvers<void>();

  constructor(parts: UnderWayParts, state: UnderWayState) {
    this.#parts = parts;
    this.#state = state;
  }

  ids(): string[] {
    return [...this.#leases.keys()];
  }

  /** Resolves when the last has ended of a drain that is stopping. */
  get lastEnded(): Promise<void> {
    return this.#lastEnded.promise;
  }

  begin(pending: Pending): void {
    const { item, webhook } = pending;
    this.#state.underWay += 1;
    this.#state.characters += charactersOf(pending);
    this.#leases.set(item.id, item.fence);
    if (this.#parts.results.isStuck(item.webhook_id)) {
      this.#release(pending, 'Results of its webhook cannot be written at the moment.');
    } else if (this.#slots.take(item.webhook_id, webhook?.max_in_flight ?? 1, pending)) {
      void this.#perform(pending);
    }
  }

  /** Gives back what waits for a slot. */
  releaseWaiting(): void {
    for (const pending of this.#slots.empty())
      this.#release(pending, 'The process that held it is stopping.');
  }

  /** Never rejects. */
  async #perform(pending: Pending): Promise<void> {
    const began = this.#parts.clock.now();
    try {
      const { result, lacked } = await this.#parts.attempt(pending, this.#mayStillSend);
      this.#ended(pending, result);
      if (lacked) {
        countOwnLack('sender');
        this.#parts.width.narrow(began, this.#state.underWay + 1);
      } else if (result.status === 'success') this.#parts.width.widen();
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
    if (result) this.#parts.results.add({ result, webhookId: item.webhook_id, leaseEndsAt });
    if (state.stopped && state.underWay === 0) this.#lastEnded.resolve();
    this.#parts.onEnd();
  }
}

const charactersOf = ({ event }: Pending) => event?.payload.length ?? 0;
