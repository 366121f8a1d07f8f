import { createLogger } from '@/lib/telemetry/logger';

/** Takes the log of this process: its lines, parsed, as they come, instead of standard output. */
export function holdLog(): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line));
  Object.assign(globalThis, { devlinkWebhookLog: { logger: createLogger({ write }, 'info') } });
  return lines;
}
