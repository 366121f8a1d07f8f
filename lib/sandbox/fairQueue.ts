/** First in, first out for each key; the keys take turns, so that a long line of one delays no other. */
export class FairQueue<T> {
  readonly #lines = new Map<string, T[]>();

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

  /** The next item of the key whose turn it is. */
  take(): T | undefined {
    const [next] = this.#lines;
    if (!next) return undefined;
    const [key, line] = next;
    const item = line.shift();
    this.#lines.delete(key);
    if (line.length > 0) this.#lines.set(key, line);
    return item;
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
