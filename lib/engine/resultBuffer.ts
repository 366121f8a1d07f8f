import type { SettledResult } from '@/lib/store/queueStore';

/** Milliseconds after which a result is dropped: its lease has long lapsed and another drain sends again. */
const resultLifetime = 60_000;
/** Characters of sent and answered bodies that one statement takes, about: bodies may have 256 KiB each. */
const batchCharacters = 8 * 1024 * 1024;

/** Results that wait to be written. */
export class ResultBuffer {
  #waiting: SettledResult[] = [];
  /** When the oldest of them began to wait, by `Date.now()`. */
  since = 0;

  get size(): number {
    return this.#waiting.length;
  }

  add(result: SettledResult): void {
    if (this.#waiting.length === 0) this.since = Date.now();
    this.#waiting.push(result);
  }

  /** Takes out the oldest results, at most `count` and no more than a statement should carry. */
  take(count: number): SettledResult[] {
    let taken = 0;
    let characters = 0;
    while (taken < Math.min(count, this.#waiting.length) && characters < batchCharacters) {
      const result = this.#waiting[taken++];
      characters += (result?.request_body?.length ?? 0) + (result?.response_body?.length ?? 0);
    }
    return this.#waiting.splice(0, taken);
  }

  /** Takes back results that could not be written, but those whose lease must have lapsed. */
  putBack(results: SettledResult[]): void {
    const oldest = Date.now() - resultLifetime;
    this.#waiting.unshift(...results.filter((result) => Date.parse(result.started_at) > oldest));
  }
}
