import { setTimeout as sleep } from 'node:timers/promises';

/** How long the route may work per call, in seconds; then it is called again at once. */
const budgetSeconds = 55;

interface TickerOptions {
  url: string;
  cronSecret: string;
  onError(message: string): void;
}

/**
 * Calls the drain route for ever, as a cron would, so that one drain is always running. Returns what makes it stop:
 * no further call; resolves when the last one is over.
 */
export function startCronTicker({ url, cronSecret, onError }: TickerOptions): () => Promise<void> {
  const stopped = new AbortController();
  const route = `${url}/api/cron/drain-deliveries?budget=${budgetSeconds}`;
  let lastError = '';

  const call = async () => {
    const signal = AbortSignal.timeout((budgetSeconds + 60) * 1000);
    const response = await fetch(route, { headers: { authorization: `Bearer ${cronSecret}` }, signal });
    const body = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${body.slice(0, 300)}`);
  };
  const run = async () => {
    while (!stopped.signal.aborted) {
      try {
        await call();
        lastError = '';
      } catch (error) {
        if (stopped.signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        if (message !== lastError) onError(`drain-deliveries: ${message}`);
        lastError = message;
        await sleep(1000, undefined, { signal: stopped.signal }).catch(() => {});
      }
    }
  };
  const running = run();
  return async () => {
    stopped.abort();
    await running;
  };
}
