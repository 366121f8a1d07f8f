import type { Bell } from '@/lib/store/queueBell';
import { type Clock, type Sleep, within } from './clock';
import { type DrainState, dozeAfter } from './plan';

/** Milliseconds that falling asleep may take: nobody waits for it. */
const dozePatience = 200;

type RestParts = { clock: Clock; bell(): Pick<Bell, 'doze' | 'rouse'> | null };
type RestState = Pick<DrainState, 'lookAt' | 'restUntil' | 'dozeAt' | 'cursor'>;

/**
 * What a drain does between two steps: it sleeps until the next is due, and dozes where the database tells of what comes.
 * Whoever has news ends it.
 */
export class Rest {
  readonly #parts: RestParts;
  readonly #state: RestState;
  #sleep: Sleep | null = null;
  #wakes = 0;

  constructor(parts: RestParts, state: RestState) {
    this.#parts = parts;
    this.#state = state;
  }

  /** How often somebody said that there is something: a claim asked for before may not have seen it. */
  get wakes(): number {
    return this.#wakes;
  }

  /** Also when a claim is under way that was asked for before: it may not have seen what there is now. */
  lookAtOnce(): void {
    this.#state.lookAt = Number.NEGATIVE_INFINITY;
    this.#state.restUntil = Number.NEGATIVE_INFINITY;
    this.#wakes += 1;
    this.stayAwake();
    this.endSleep();
  }

  /** Does not doze for a while. Answers whether it did. */
  stayAwake(): boolean {
    const bell = this.#parts.bell();
    this.#state.dozeAt = bell ? this.#parts.clock.now() + dozeAfter : Number.POSITIVE_INFINITY;
    return bell?.rouse() ?? false;
  }

  async sleepUntil(until: number): Promise<void> {
    this.#sleep = this.#parts.clock.sleep(until - this.#parts.clock.now());
    await this.#sleep.over;
    this.#sleep = null;
  }

  /** What is to be done next is decided anew. */
  endSleep(): void {
    this.#sleep?.end();
  }

  /** What was committed before it dozes is looked for once more, in all webhooks. Never rejects. */
  async doze(): Promise<void> {
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
}
