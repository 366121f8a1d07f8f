import { LRUCache } from 'lru-cache';

/**
 * How a script has behaved in this process. `fresh`: no result yet. `proven`: it comes to its end. `trusted`: it did
 * so thirty times in a row, as hardly a script does that hangs on one payload in ten. `suspect`: it lately overran its limits, or brought its child down.
 */
export type Standing = 'fresh' | 'proven' | 'trusted' | 'suspect';

/** Why a script rests: killed or stopped again and again, or a fault of the engine ended its child. */
export type RestReason = 'kills' | 'fault';

const minute = 60_000;
const trustedAfter = 30;
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
  /** Runs that came to their end since the last trouble. */
  #goodRuns = 0;
  #suspectUntil = 0;
  #pausedUntil = 0;
  #restReason: RestReason = 'kills';
  #pauses = 0;
  #kills: number[] = [];
  #overruns = 0;

  standing(now: number): Standing {
    if (now < this.#suspectUntil) return 'suspect';
    if (this.#goodRuns >= trustedAfter) return 'trusted';
    return this.#goodRuns > 0 ? 'proven' : 'fresh';
  }

  /** How many inputs may share a request: a suspect's are alone; a newcomer's double with each that goes well. */
  warranted(now: number): number {
    return this.standing(now) === 'suspect' ? 1 : this.#goodRuns + 1;
  }

  /** Milliseconds until the script may run again; 0 when it may. */
  restMs(now: number): number {
    return Math.max(0, this.#pausedUntil - now);
  }

  get restReason(): RestReason {
    return this.#restReason;
  }

  /** True while something is held against the script: forgetting it would set a hostile one free. */
  isTroubled(now: number): boolean {
    const latest = this.#kills.at(-1);
    return (
      now <
      Math.max(this.#suspectUntil, this.#pausedUntil, latest === undefined ? 0 : latest + forgivenAfterMs)
    );
  }

  /** A run came to its end, well or with an error of the script's own. */
  ended(): void {
    this.#goodRuns++;
    this.#overruns = 0;
  }

  /** A run was stopped at the limit of its time or memory, and its child lives on. */
  overran(now: number): void {
    this.#distrust(now);
    this.#overruns++;
    if (this.#overruns >= overrunsAllowed) this.#pause(now);
  }

  /** The child died while the script ran on several inputs: one of them, or all together. Or it had to give way. */
  diedInCompany(now: number): void {
    this.#distrust(now);
  }

  /** The child died while the script ran on one input alone. */
  killed(now: number): void {
    const latest = this.#kills.at(-1);
    if (latest === undefined || now - latest > forgivenAfterMs) this.#pauses = 0;
    this.#distrust(now);
    this.#kills = [...this.#kills.filter((at) => now - at < killWindowMs), now];
    if (this.#kills.length >= killsAllowed) this.#pause(now);
  }

  /** A fault of the engine ended the child: such scripts look for a way out, and have one try in a long while. */
  faulted(now: number): void {
    this.#distrust(now);
    this.#restReason = 'fault';
    this.#pausedUntil = now + longestPauseMs;
  }

  /** What was earned before is gone at once: when it is no longer suspect, the script is fresh. */
  #distrust(now: number): void {
    this.#goodRuns = 0;
    this.#suspectUntil = now + suspectMs;
  }

  #pause(now: number): void {
    this.#restReason = 'kills';
    this.#pausedUntil = now + Math.min(firstPauseMs * 2 ** this.#pauses, longestPauseMs);
    this.#pauses++;
  }
}

/**
 * The records of the scripts that ran lately, by whose it is and the digest of its text: a changed script begins
 * anew. The longest idle are forgotten first; those that something is held against are kept apart from the rest,
 * so that a pause outlives any number of other scripts.
 */
export class ConductBook {
  readonly #clean: LRUCache<string, ScriptConduct>;
  readonly #troubled: LRUCache<string, ScriptConduct>;
  readonly #now: () => number;

  /** @param sizes how many records of each sort at most */
  constructor(sizes: { clean: number; troubled: number }, now: () => number) {
    this.#now = now;
    this.#troubled = new LRUCache({ max: sizes.troubled });
    this.#clean = new LRUCache({
      max: sizes.clean,
      dispose: (record, name, reason) => {
        if (reason === 'evict' && record.isTroubled(now())) this.#troubled.set(name, record);
      },
    });
  }

  of(key: string, digest: string): ScriptConduct {
    const name = `${digest} ${key}`;
    const troubled = this.#troubled.get(name);
    if (troubled?.isTroubled(this.#now())) return troubled;
    const record = troubled ?? this.#clean.get(name) ?? new ScriptConduct();
    this.#troubled.delete(name);
    this.#clean.set(name, record);
    return record;
  }
}
