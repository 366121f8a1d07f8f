import { subscribe } from 'node:diagnostics_channel';
import type { ServerResponse } from 'node:http';
import { env } from '@/lib/env';
import { closeSandbox } from '@/lib/sandbox/transformSandbox';
import { closeConnections } from '@/lib/store/serviceCall';
import { logger } from '@/lib/telemetry/logger';
import { stopTelemetry } from '@/lib/telemetry/startTelemetry';
import { bell } from './bell';
import { monotonicClock, within } from './clock';
import { stopJobs } from './jobs';
import { drainFigures, stopDrain } from './processDrain';
import { report } from './report';
import { stopUpkeep } from './upkeep';

/** Milliseconds that the last words to telemetry may take, and the end of the sandbox's processes. */
const patience = 1500;

/**
 * On SIGTERM and SIGINT nothing more is begun, and what is under way finishes and is written. Only then is the server told,
 * which waits for open requests and ends the process: it knows nothing of what the database, and no request, has woken. After
 * WEBHOOKS_SHUTDOWN_SECONDS the process ends, whatever hangs: what was not written by then comes again when its lease lapses.
 */
export function stopDrainOnShutdown(): void {
  let isEnding = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const servers = process.listeners(signal);
    process.removeAllListeners(signal);
    process.on(signal, () => {
      if (isEnding) return;
      isEnding = true;
      void shutDown().finally(() => {
        for (const listener of servers) listener(signal);
      });
    });
  }
}

async function shutDown(): Promise<void> {
  const graceMs = env().WEBHOOKS_SHUTDOWN_SECONDS * 1000;
  setTimeout(endNow, graceMs).unref();
  // The server waits for open connections: whoever keeps one and goes on asking would keep it from its end.
  subscribe('http.server.request.start', (message) => {
    (message as { response: ServerResponse }).response.shouldKeepAlive = false;
  });
  stopUpkeep();
  stopJobs();
  const drained = stopDrain(Math.max(graceMs / 2, graceMs - 2 * patience));
  await drained.catch((error: unknown) => report('the drain did not stop as it should', error));
  for (const close of [async () => bell()?.close(), closeConnections, stopTelemetry, closeSandbox]) {
    await within(monotonicClock, patience, Promise.resolve().then(close));
  }
}

function endNow(): void {
  const { inFlight, waiting } = drainFigures();
  logger().warn(
    { in_flight: inFlight, results_waiting: waiting },
    'the time to stop is over; the process ends',
  );
  process.exit(1);
}
