import { WebhookError } from '@/lib/domain/errors';

/** Searches that one process makes at a time: each holds one of the API's ten connections, which sending needs too. */
const most = 2;
/** Milliseconds that a search waits for its turn. */
const longestWait = 5000;
/** Seconds after which one that had no turn may come again. */
const retryAfter = 3;

// Route handlers are bundled apart from each other: the process's slots live on globalThis.
const holder = globalThis as typeof globalThis & {
  devlinkSearches?: { running: number; waiting: Set<() => void> };
};

/**
 * Makes a search when it is its turn.
 * @throws WebhookError `too_many_requests` when others take too long, and what `search` throws
 */
export async function inSearchSlot<T>(search: () => PromiseLike<T>): Promise<T> {
  holder.devlinkSearches ??= { running: 0, waiting: new Set() };
  const slots = holder.devlinkSearches;
  if (slots.running < most) slots.running += 1;
  else await turn(slots.waiting);
  try {
    return await search();
  } finally {
    const [next] = slots.waiting;
    if (next) next();
    else slots.running -= 1;
  }
}

/** Resolves when somebody who has ended hands the slot over. */
function turn(waiting: Set<() => void>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const take = () => {
    clearTimeout(timer);
    waiting.delete(take);
    resolve();
  };
  const timer = setTimeout(() => {
    waiting.delete(take);
    reject(new WebhookError('too_many_requests', { retryAfter }));
  }, longestWait);
  waiting.add(take);
  return promise;
}
