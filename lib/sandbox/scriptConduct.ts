/**
 * How a script has behaved in this process. `fresh`: no result yet. `proven`: it comes to its end.
 * `suspect`: it lately overran its limits, or brought its child down.
 */
export type Standing = 'fresh' | 'proven' | 'suspect';

const minute = 60_000;
const suspectMs = 10 * minute;
const killWindowMs = 5 * minute;
/** This many kills within the window, or limits overrun in a row, and the script rests. */
const killsAllowed = 3;
const overrunsAllowed = 20;
const firstPauseMs = minute;
const longestPauseMs = 15 * minute;
/** After this long without trouble, the next pause is a first one again. */
const forgivenAfterMs = 30 * minute;

/** The record of one version of one webhook's script. Times are milliseconds of any one clock. */
export class ScriptConduct {
  /** Digest of the script's text. */
  readonly digest: string;
  #proven = false;
  #suspectUntil = 0;
  #pausedUntil = 0;
  #pauses = 0;
  #kills: number[] = [];
  #overruns = 0;

  constructor(digest: string) {
    this.digest = digest;
  }

  standing(now: number): Standing {
    if (now < this.#suspectUntil) return 'suspect';
    return this.#proven ? 'proven' : 'fresh';
  }

  /** Milliseconds until the script may run again; 0 when it may. */
  restMs(now: number): number {
    return Math.max(0, this.#pausedUntil - now);
  }

  /** A run came to its end, well or with an error of the script's own. */
  ended(): void {
    this.#proven = true;
    this.#overruns = 0;
  }

  /** A run was stopped at the limit of its time or memory, and its child lives on. */
  overran(now: number): void {
    this.#suspectUntil = now + suspectMs;
    this.#overruns++;
    if (this.#overruns >= overrunsAllowed) this.#pause(now);
  }

  /** The child died while the script ran on several inputs: one of them, or all together. */
  diedInCompany(now: number): void {
    this.#suspectUntil = now + suspectMs;
  }

  /** The child died while the script ran on one input alone. */
  killed(now: number): void {
    const [latest] = this.#kills.slice(-1);
    if (latest === undefined || now - latest > forgivenAfterMs) this.#pauses = 0;
    this.#suspectUntil = now + suspectMs;
    this.#kills = [...this.#kills.filter((at) => now - at < killWindowMs), now];
    if (this.#kills.length >= killsAllowed) this.#pause(now);
  }

  #pause(now: number): void {
    this.#pausedUntil = now + Math.min(firstPauseMs * 2 ** this.#pauses, longestPauseMs);
    this.#pauses++;
  }
}

/** The records of the scripts that ran lately, by key. A changed script begins anew. */
export class ConductBook {
  readonly #records = new Map<string, ScriptConduct>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  of(key: string, digest: string): ScriptConduct {
    const known = this.#records.get(key);
    if (known?.digest === digest) return known;
    const record = new ScriptConduct(digest);
    this.#records.delete(key);
    this.#records.set(key, record);
    const [oldest] = this.#records.keys();
    if (this.#records.size > this.#size && oldest !== undefined) this.#records.delete(oldest);
    return record;
  }
}
