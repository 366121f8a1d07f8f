import type { Claim } from '@/lib/store/claimSchema';
import type { ClaimRequest, releaseLeases, releaseUnknownLeases } from '@/lib/store/queueStore';
import { wasRefused } from '@/lib/store/storeError';
import { countClaimed } from '@/lib/telemetry/metrics';
import type { Clock } from './clock';
import { afterClaim, type DrainState, databasePause } from './plan';
import { report } from './report';
import type { Rest } from './rest';

type ClaimsParts = {
  clock: Clock;
  random(): number;
  worker: { name: string; life: string };
  /** An earlier process of the same name may have left leases. */
  mayHaveLeft: boolean;
  releaseLeases: typeof releaseLeases;
  releaseUnknownLeases: typeof releaseUnknownLeases;
  /** Takes what was claimed. @param askedAt when it was asked for: its leases last at least from then on */
  onClaim(claim: Claim, askedAt: number): void;
};

/**
 * What a drain claims, in an exchange of its own or in the commit of events; and which leases may be its own without its
 * knowledge, because an answer never came.
 */
export class Claims {
  readonly #parts: ClaimsParts;
  readonly #state: DrainState;
  readonly #rest: Rest;
  #mayHaveLeft: boolean;
  /** When the database last answered and was last asked, null: never; and exchanges that failed since it answered. */
  readonly contact: { answeredAt: number | null; askedAt: number | null; failures: number } = {
    answeredAt: null,
    askedAt: null,
    failures: 0,
  };

  constructor(parts: ClaimsParts, state: DrainState, rest: Rest) {
    this.#parts = parts;
    this.#state = state;
    this.#rest = rest;
    this.#mayHaveLeft = parts.mayHaveLeft;
  }

  /** Asks for a claim and takes it. @throws what `ask` rejects with */
  async ask<T extends { claim: Claim | null }>(
    wanted: Pick<ClaimRequest, 'maxItems' | 'maxPayload' | 'patienceMs'>,
    ask: (request: ClaimRequest) => Promise<T>,
  ): Promise<T> {
    const { clock, worker } = this.#parts;
    const state = this.#state;
    const wakes = this.#rest.wakes;
    const began = clock.now();
    this.contact.askedAt = began;
    state.exchanges += 1;
    state.asked += wanted.maxItems;
    try {
      const answer = await ask({ ...wanted, worker: worker.life, after: state.cursor });
      this.contact.answeredAt = clock.now();
      this.contact.failures = 0;
      if (answer.claim) this.#take(answer.claim, began, wakes !== this.#rest.wakes);
      return answer;
    } catch (error) {
      if (wanted.maxItems > 0 && !wasRefused(error)) state.unknownLeases = true;
      throw error;
    } finally {
      state.exchanges -= 1;
      state.asked -= wanted.maxItems;
      this.#rest.endSleep();
    }
  }

  #take(claim: Claim, askedAt: number, woken: boolean): void {
    const { clock, random, onClaim } = this.#parts;
    const { batch, ...rest } = claim;
    const seen = { ...rest, items: batch.items.length };
    Object.assign(this.#state, afterClaim(this.#state, seen, { now: clock.now(), random: random(), woken }));
    countClaimed(batch.items.length);
    if (batch.items.length > 0) this.#rest.stayAwake();
    onClaim(claim, askedAt);
  }

  /**
   * Gives up the leases that earlier lives, or a claim whose answer never came, may have left. Never rejects.
   * @param held ids of the deliveries that the drain knows of
   */
  async recover(held: () => string[]): Promise<void> {
    const { worker, releaseLeases, releaseUnknownLeases, clock } = this.#parts;
    try {
      if (this.#mayHaveLeft) await releaseLeases(worker.name, worker.life);
      this.#mayHaveLeft = false;
      await releaseUnknownLeases(worker.life, held());
      this.#state.unknownLeases = false;
      this.#state.lookAt = clock.now();
    } catch (error) {
      report('unknown leases could not be given up', error);
      // Refused, they lapse by themselves: nobody is helped by waiting.
      if (wasRefused(error)) this.#state.unknownLeases = false;
      else this.#state.pausedUntil = clock.now() + databasePause;
    }
  }
}
