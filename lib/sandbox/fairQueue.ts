/** First in, first out for each key; the keys take turns, so that a long line of one delays no other. */
export class FairQueue<T> {
  readonly #lines = new Map<string, T[]>();

  /** How many keys have a line. */
  get size(): number {
    return this.#lines.size;
  }

  /** Adds to the end of the key's line. */
  push(key: string, item: T): void {
    const line = this.#lines.get(key);
    if (line) line.push(item);
    else this.#lines.set(key, [item]);
  }

  /** Adds to the front of the key's line; the key itself waits for its next turn. */
  putBack(key: string, item: T): void {
    const line = this.#lines.get(key);
    if (line) line.unshift(item);
    else this.#lines.set(key, [item]);
  }

  /**
   * The next item of the key whose turn it is, or of the key that came last; one that is `busy` keeps its turn for
   * later.
   */
  take(busy: { has(key: string): boolean }, from: 'first' | 'last' = 'first'): T | undefined {
    const lines = from === 'first' ? this.#lines : [...this.#lines].reverse();
    for (const [key, line] of lines) {
      if (busy.has(key)) continue;
      const item = line.shift();
      this.#lines.delete(key);
      if (line.length > 0) this.#lines.set(key, line);
      return item;
    }
    return undefined;
  }

  /** Takes a key's whole line out. */
  remove(key: string): T[] {
    const line = this.#lines.get(key) ?? [];
    this.#lines.delete(key);
    return line;
  }

  /** Takes everything out. */
  clear(): T[] {
    const items = [...this.#lines.values()].flat();
    this.#lines.clear();
    return items;
  }
}
