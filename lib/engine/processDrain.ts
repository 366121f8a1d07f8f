import { env } from '@/lib/env';
import {
  type ClaimRequest,
  exchangeDeliveries,
  releaseLeases,
  releaseUnknownLeases,
  settleDeliveries,
} from '@/lib/store/queueStore';
import { createAttempt } from './attempt';
import { bell } from './bell';
import { monotonicClock, within } from './clock';
import { type Committed, Drain, type DrainFigures, type DrainParts } from './drain';
import { noticeJobs } from './jobs';
import { keepHost } from './keepHost';
import { socketsForSending } from './sockets';
import type { Waiting } from './waiting';
import { worker } from './worker';

/** Makes a drain, with the parts of this process where none are given. */
export function createDrain(given: Partial<DrainParts> = {}): Drain {
  return new Drain({
    clock: monotonicClock,
    random: () => Math.random(),
    concurrency: given.concurrency ?? env().WEBHOOKS_CONCURRENCY,
    sockets: socketsForSending,
    worker: given.worker ?? worker(),
    // Only a name that is the same after a restart can have left leases behind.
    mayHaveLeft: given.mayHaveLeft ?? env().WEBHOOKS_WORKER !== undefined,
    exchange: exchangeDeliveries,
    settle: settleDeliveries,
    releaseLeases,
    releaseUnknownLeases,
    attempt: given.attempt ?? createAttempt(),
    bell,
    onJobs: noticeJobs,
    ...given,
  });
}

// Route handlers are bundled apart from each other: the process's one drain lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkWebhookDrain?: Drain };
const drain = () => (holder.devlinkWebhookDrain ??= createDrain());

/** What the drain of this process is at. */
export const drainFigures = (): DrainFigures => drain().figures;

/**
 * Makes the drain of this process look at the queue now. Sending does not wait for the response of the current
 * request; a serverless host is told to stay until the work is done.
 */
export function wakeDrain(): void {
  keepHost(drain().wake());
}

/** Runs what commits deliveries, with the drain of this process: it claims them along, or looks at the queue then. */
export const emitWithDrain = <T extends Committed>(commit: (request: ClaimRequest | null) => Promise<T>) =>
  drain().emit(commit);

/** Leaves a result that could not be written at once to the drain of this process. */
export function handIn(waiting: Waiting): void {
  drain().handIn(waiting);
}

/**
 * Drains for `budgetMs` milliseconds, sleeping until deliveries fall due. Several callers share one drain and
 * each is answered when its own budget ends.
 */
export async function drainFor(budgetMs: number): Promise<void> {
  const work = drain().runFor(budgetMs);
  keepHost(work);
  await within(monotonicClock, budgetMs + 1000, work);
}

/** Claims nothing more and resolves when what is under way has been written, at most after `graceMs`: for SIGTERM. */
export function stopDrain(graceMs = 35_000): Promise<void> {
  return drain().stop(graceMs);
}
