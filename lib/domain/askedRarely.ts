import { LRUCache } from 'lru-cache';

/**
 * A question that many ask and few put: whoever asks while it is being asked shares that answer, and an answer counts for a
 * while. A question that fails is asked again by the next one.
 * @param goodForMs for how many milliseconds an answer counts, at least 1
 * @param clock in milliseconds, monotonic
 */
export function askedRarely<Answer>(
  ask: () => Promise<Answer>,
  goodForMs: (answer: Answer) => number,
  clock: { now(): number } = performance,
): () => Promise<Answer> {
  // In a box: an answer may be null.
  const known = new LRUCache<'answer', { answer: Answer }>({
    max: 1,
    perf: clock,
    ttlResolution: 0,
    fetchMethod: async (_key, _stale, { options }) => {
      const answer = await ask();
      options.ttl = goodForMs(answer);
      return { answer };
    },
  });
  return async () => (await known.forceFetch('answer')).answer;
}
