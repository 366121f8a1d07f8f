import { setTimeout as sleep } from 'node:timers/promises';

/** How long the route may work per call, in seconds; then it is called again at once. */
const budgetSeconds = 55;
/** Milliseconds after a call that failed, or was answered before its time. */
const pauseMs = 1000;
/** Different errors that are remembered as told. */
const mostTold = 100;

/** The app whose drain route is called. */
interface DrainRoute {
  url: string;
  cronSecret: string;
  /** Asked before each call: throws when it is not the app that answers, and the secret stays here. */
  requireOwnAnswer(): Promise<void>;
}

interface TickerOptions extends DrainRoute {
  onError(message: string): void;
  /** Seconds; tests have less time. */
  budget?: number;
}

/** Lets the app drain for so many seconds. @throws Error when it does not */
async function callDrain({ url, cronSecret, requireOwnAnswer }: DrainRoute, budget: number): Promise<void> {
  await requireOwnAnswer();
  const signal = AbortSignal.timeout((budget + 60) * 1000);
  const headers = { authorization: `Bearer ${cronSecret}` };
  const response = await fetch(`${url}/api/cron/drain-deliveries?budget=${budget}`, { headers, signal });
  const body = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${body.slice(0, 300)}`);
}

/**
 * Calls the drain route for ever, as a cron would, so that one drain is always running; a route that does not work, or
 * does not stay, once a second. The same error is told once until a call succeeds. Returns what makes it stop: no
 * further call; resolves when the last one is over.
 */
export function startCronTicker({
  onError,
  budget = budgetSeconds,
  ...route
}: TickerOptions): () => Promise<void> {
  const stopped = new AbortController();
  const toldErrors = new Set<string>();

  const tell = (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    const cause = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
    if (toldErrors.has(message + cause)) return;
    if (toldErrors.size === mostTold) toldErrors.clear();
    toldErrors.add(message + cause);
    onError(`drain-deliveries: ${message}${cause}`);
  };
  const run = async () => {
    while (!stopped.signal.aborted) {
      const began = performance.now();
      try {
        await callDrain(route, budget);
        toldErrors.clear();
        if (performance.now() - began >= budget * 1000) continue;
      } catch (error) {
        if (stopped.signal.aborted) return;
        tell(error);
      }
      await sleep(pauseMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const running = run();
  return async () => {
    stopped.abort();
    await running;
  };
}
