import { closeSandbox } from '@/lib/sandbox/transformSandbox';
import { stopTelemetry } from '@/lib/telemetry/startTelemetry';
import { monotonicClock, within } from './clock';
import { stopDrain } from './drain';
import { stopJobs } from './jobs';
import { report } from './report';
import { stopUpkeep } from './upkeep';

/** Milliseconds that the last words to telemetry may take, and the end of the sandbox's processes. */
const patience = 2000;

/**
 * On SIGTERM and SIGINT nothing more is begun, and what is under way finishes and is written: within the drain's grace,
 * whatever hangs. The server itself waits for open requests, the drain route's among them.
 */
export function stopDrainOnShutdown(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void shutDown());
}

async function shutDown(): Promise<void> {
  stopUpkeep();
  stopJobs();
  await stopDrain().catch((error: unknown) => report('the drain did not stop as it should', error));
  for (const close of [stopTelemetry, closeSandbox]) {
    await within(monotonicClock, patience, Promise.resolve().then(close));
  }
}
