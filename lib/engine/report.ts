import { logger } from '@/lib/telemetry/logger';

/**
 * Tells the operator of something that went wrong and was dealt with. A log that cannot be written to stops nothing.
 */
export function report(what: string, error: unknown): void {
  try {
    logger().error({ err: error }, what);
  } catch {
    // There is nobody left to tell.
  }
}
