import { AsyncLocalStorage } from 'node:async_hooks';

/** The machine token for which the request under way was let in. */
const acting = new AsyncLocalStorage<{ id: string }>();

/**
 * Runs what a token opened: within, the store acts as the service itself, in the token's name. Nothing is checked here:
 * whoever calls it has found the token good, and that it opens what follows.
 */
export const actingFor = <Result>(token: { id: string }, work: () => Promise<Result>): Promise<Result> =>
  acting.run(token, work);

/** The id of the token that is acted for; undefined: a person calls, or nobody. */
export const actingToken = (): string | undefined => acting.getStore()?.id;
