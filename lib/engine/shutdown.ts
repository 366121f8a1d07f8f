import { closeSandbox } from '@/lib/sandbox/transformSandbox';
import { stopTelemetry } from '@/lib/telemetry/startTelemetry';
import { stopDrain } from './drain';

/**
 * On SIGTERM and SIGINT the drain claims nothing more, and what is in flight finishes and is written. The server
 * itself waits for open requests, the drain route's among them.
 */
export function stopDrainOnShutdown(): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => void stopDrain().finally(stopTelemetry).finally(closeSandbox));
}
