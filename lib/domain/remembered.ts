import { LRUCache } from 'lru-cache';

/**
 * A pure function of a text that costs more than looking its result up: the results used last are kept.
 * @param most how many results at once
 */
export function remembered<Result>(most: number, make: (text: string) => Result): (text: string) => Result {
  // In a box: a result may be null.
  const known = new LRUCache<string, { result: Result }>({ max: most });
  return (text) => {
    const box = known.get(text);
    if (box) return box.result;
    const result = make(text);
    known.set(text, { result });
    return result;
  };
}
