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

/** @param exit the signal of a sandbox process that a fault of the engine ended, or its exit code */
export function countSandboxFault(exit: string): void {
  holder.devlinkWebhookMetrics?.sandboxFaults.inc({ exit });
}

/** Counts a chore of upkeep that failed. */
export function countChoreFailure(chore: string): void {
  holder.devlinkWebhookMetrics?.choreFailures.inc({ chore });
}

/** Counts what could not be done for a lack of our own. @param what `sender`: sockets, descriptors, memory; `sandbox`: processes */
export function countOwnLack(what: 'sender' | 'sandbox'): void {
  holder.devlinkWebhookMetrics?.ownLacks.inc({ what });
}

/** What is not counted as it happens but looked up at each scrape. Milliseconds; null: never, or not known. */
export type ScrapedFigures = {
  drain: {
    inFlight: number;
    waiting: number;
    freeSlots: number;
    concurrency: number;
    failedExchanges: number;
    lastExchangeMs: number | null;
  };
  report: {
    status: string;
    oldest_claimable_ms: number | null;
    drains: { count: number; last_exchange_ms: number | null; last_settled_ms: number | null } | null;
    chores: { chore: string; last_success_ms: number | null; error: string | null }[] | null;
  };
  /** Null when the database does not answer. */
  queue: {
    deliveries: Record<string, number>;
    held: Record<string, number>;
    breakers: Record<string, number>;
    breaker_openings: number;
    webhooks_failing: number;
    webhooks: Record<string, number>;
    jobs: Record<string, number>;
  } | null;
};

/** All metrics in the text format of Prometheus; null when they are off. */
export async function renderMetrics(
  figures: ScrapedFigures,
): Promise<{ text: string; contentType: string } | null> {
  const metrics = holder.devlinkWebhookMetrics;
  if (!metrics) return null;
  setDrainFigures(metrics, figures.drain);
  setReport(metrics, figures.report, figures.queue !== null);
  setQueueFigures(metrics, figures.queue);
  return { text: await metrics.registry.metrics(), contentType: metrics.registry.contentType };
}

const secondsOf = (ms: number | null | undefined) =>
  ms === null || ms === undefined ? Number.NaN : ms / 1000;

function setDrainFigures(metrics: Metrics, drain: ScrapedFigures['drain']): void {
  metrics.inFlight.set(drain.inFlight);
  metrics.waiting.set(drain.waiting);
  metrics.freeSlots.set(drain.freeSlots);
  metrics.concurrency.set(drain.concurrency);
  metrics.failedExchanges.set(drain.failedExchanges);
  metrics.lastExchange.set(secondsOf(drain.lastExchangeMs));
}

function setReport(metrics: Metrics, report: ScrapedFigures['report'], isKnown: boolean): void {
  for (const status of ['ok', 'stalled', 'unavailable'])
    metrics.health.set({ status }, status === report.status ? 1 : 0);
  metrics.databaseUp.set(isKnown ? 1 : 0);
  // What the database does not tell is not a number, or absent: never what it was.
  metrics.oldestClaimable.set(isKnown ? secondsOf(report.oldest_claimable_ms ?? 0) : Number.NaN);
  metrics.drains.set(report.drains?.count ?? Number.NaN);
  metrics.drainsLastExchange.set(secondsOf(report.drains?.last_exchange_ms));
  metrics.drainsLastSettled.set(secondsOf(report.drains?.last_settled_ms));
  for (const gauge of [metrics.choreSuccess, metrics.choreFailing]) gauge.reset();
  for (const { chore, last_success_ms, error } of report.chores ?? []) {
    if (last_success_ms !== null) metrics.choreSuccess.set({ chore }, secondsOf(last_success_ms));
    metrics.choreFailing.set({ chore }, error === null ? 0 : 1);
  }
}

function setQueueFigures(metrics: Metrics, queue: ScrapedFigures['queue']): void {
  metrics.breakerOpenings.set(queue?.breaker_openings ?? Number.NaN);
  metrics.failing.set(queue?.webhooks_failing ?? Number.NaN);
  const { queue: deliveries, held, breakers, webhooks, jobs } = metrics;
  for (const gauge of [deliveries, held, breakers, webhooks, jobs]) gauge.reset();
  for (const [state, count] of Object.entries(queue?.deliveries ?? {})) deliveries.set({ state }, count);
  for (const [reason, count] of Object.entries(queue?.held ?? {})) held.set({ reason }, count);
  for (const [state, count] of Object.entries(queue?.breakers ?? {})) breakers.set({ state }, count);
  for (const [status, count] of Object.entries(queue?.webhooks ?? {})) webhooks.set({ status }, count);
  for (const [state, count] of Object.entries(queue?.jobs ?? {})) jobs.set({ state }, count);
}
