import { sandboxLimits } from './limits';

/** From here on into a silence, the child's processor time is looked at; in milliseconds. */
const listeningMs = 20;
/**
 * A child that had this much of the processor in its silence may be about to hang, or hangs: more than a payload's CPU
 * time explains. One that had less is kept from it by a busy machine, which others beside it would only make busier.
 */
const silentCpuMs = { uneasy: 20, hanging: sandboxLimits.cpuMs + 30 } as const;
/** What a payload may have in the end, when a busy machine kept it from its share at first. */
const wallCpuMs = 3 * sandboxLimits.cpuMs;
/** Nobody is waited for longer, whatever kept it. */
const longestSilenceMs = 5000;

/** How long a child has not been heard of, and what of the processor it had meanwhile. */
export class Silence {
  readonly #now: () => number;
  #lastSign: number;
  /** The child's processor time when its silence began to look like one, and what it had since; in milliseconds. */
  #cpuAtUnease: number | undefined;
  #cpuMs = 0;
  #overdue = 0;

  /** @param now a clock that nobody can set, in milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    this.#lastSign = now();
  }

  /** Milliseconds since the child was last heard of or given work. */
  get ms(): number {
    return this.#now() - this.#lastSign;
  }

  /** It is over: the child was heard of, or given work. */
  end(): void {
    this.#lastSign = this.#now();
    this.#overdue = 0;
    this.#cpuAtUnease = undefined;
    this.#cpuMs = 0;
  }

  /**
   * Looks at a child at work, once every few milliseconds. True when it has been silent for too long.
   * @param cpuMs its processor time so far; NaN where the system does not tell: a silence counts as work then
   */
  isTooLong(cpuMs: () => number): boolean {
    if (this.ms < listeningMs) return false;
    const cpu = cpuMs();
    this.#cpuAtUnease ??= cpu;
    this.#cpuMs = Number.isNaN(cpu) ? this.ms - listeningMs : cpu - this.#cpuAtUnease;
    // Twice, so that an answer which arrived while this process itself was busy is read first.
    return this.#isOverdue() && ++this.#overdue >= 2;
  }

  #isOverdue(): boolean {
    if (this.ms < sandboxLimits.wallMs) return false;
    return this.#cpuMs >= wallCpuMs || this.ms > longestSilenceMs;
  }

  /** The child may be about to hang. As last looked at, like `isOfWork`. */
  get isUneasy(): boolean {
    return this.#cpuMs >= silentCpuMs.uneasy;
  }

  /** The child had the processor for longer than a payload may. */
  get isOfWork(): boolean {
    return this.#cpuMs >= silentCpuMs.hanging;
  }
}
