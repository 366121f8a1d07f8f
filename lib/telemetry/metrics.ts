import type { Metrics } from './prometheus';

/*
 * What the rest of lib/ calls to be counted. Without METRICS_TOKEN nothing is loaded, and every call ends at once.
 */

// Route handlers are bundled apart from each other: the process's one registry lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkWebhookMetrics?: Metrics };

/** Switches the counting on in this process. */
export async function startMetrics(): Promise<void> {
  const { createMetrics } = await import('./prometheus');
  holder.devlinkWebhookMetrics ??= createMetrics();
}

/** @param durationMs milliseconds */
export function countAttempt(outcome: string, errorKind: string | null, durationMs: number): void {
  const metrics = holder.devlinkWebhookMetrics;
  if (!metrics) return;
  metrics.attempts.inc({ outcome, error_kind: errorKind ?? '' });
  metrics.attemptDuration.observe({ outcome }, durationMs / 1000);
}

/** @param outcome `accepted`, or the code of the refusal */
export function countTrigger(outcome: string): void {
  holder.devlinkWebhookMetrics?.triggers.inc({ outcome });
}

/** @param deliveries how many this process has just leased */
export function countClaimed(deliveries: number): void {
  holder.devlinkWebhookMetrics?.claimed.inc(deliveries);
}

/** Times one exchange with the database, and counts it as `ok` or `failed`. */
export async function timeExchange<T>(exchange: () => Promise<T>): Promise<T> {
  const metrics = holder.devlinkWebhookMetrics;
  if (!metrics) return exchange();
  const started = performance.now();
  const observe = (result: string) =>
    metrics.exchangeDuration.observe({ result }, (performance.now() - started) / 1000);
  try {
    const answer = await exchange();
    observe('ok');
    return answer;
  } catch (error) {
    observe('failed');
    throw error;
  }
}

type TransformRun = { ok: boolean; kind?: string; durationMs: number };

/** Counts and times what a script made of payloads. */
export function countTransforms(runs: TransformRun[]): void {
  const metrics = holder.devlinkWebhookMetrics;
  if (!metrics) return;
  for (const run of runs) {
    metrics.transforms.inc({ result: run.ok ? 'ok' : run.kind });
    metrics.transformDuration.observe(run.durationMs / 1000);
  }
}

/** @param cause `timeout` and `memory`: killed by us */
export function countSandboxDeath(cause: string): void {
  holder.devlinkWebhookMetrics?.sandboxDeaths.inc({ cause });
}

/** Counts a chore of upkeep that failed. */
export function countChoreFailure(chore: string): void {
  holder.devlinkWebhookMetrics?.choreFailures.inc({ chore });
}

/** What is not counted as it happens but looked up at each scrape. */
export type ScrapedFigures = {
  inFlight: number;
  waiting: number;
  /** Null when the database does not answer. */
  queue: {
    /** Milliseconds. */
    oldest_claimable_ms: number | null;
    deliveries: Record<string, number>;
    breakers: Record<string, number>;
    breaker_openings: number;
    webhooks_failing: number;
    webhooks: Record<string, number>;
  } | null;
};

/** All metrics in the text format of Prometheus; null when they are off. */
export async function renderMetrics(
  figures: ScrapedFigures,
): Promise<{ text: string; contentType: string } | null> {
  const metrics = holder.devlinkWebhookMetrics;
  if (!metrics) return null;
  metrics.inFlight.set(figures.inFlight);
  metrics.waiting.set(figures.waiting);
  setQueueFigures(metrics, figures.queue);
  return { text: await metrics.registry.metrics(), contentType: metrics.registry.contentType };
}

function setQueueFigures(metrics: Metrics, queue: ScrapedFigures['queue']): void {
  metrics.databaseUp.set(queue ? 1 : 0);
  // What the database does not tell is not a number, or absent: never what it was.
  metrics.oldestDue.set(queue ? (queue.oldest_claimable_ms ?? 0) / 1000 : Number.NaN);
  metrics.breakerOpenings.set(queue?.breaker_openings ?? Number.NaN);
  metrics.failing.set(queue?.webhooks_failing ?? Number.NaN);
  for (const gauge of [metrics.queue, metrics.breakers, metrics.webhooks]) gauge.reset();
  for (const [state, count] of Object.entries(queue?.deliveries ?? {})) metrics.queue.set({ state }, count);
  for (const [state, count] of Object.entries(queue?.breakers ?? {})) metrics.breakers.set({ state }, count);
  for (const [status, count] of Object.entries(queue?.webhooks ?? {}))
    metrics.webhooks.set({ status }, count);
}
