/** First in, first out for each key; the keys take turns, so that a long line of one delays no other. */
export class FairQueue<T> {
  readonly #lines = new Map<string, T[]>();

  get isEmpty(): boolean {
    return this.#lines.size === 0;
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

  /** The next item of the key whose turn it is; a key that is `busy` keeps its turn for later. */
  take(busy: { has(key: string): boolean }): T | undefined {
    for (const [key, line] of this.#lines) {
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
