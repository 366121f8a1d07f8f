import { pino } from 'pino';
import { logLevel } from '@/lib/env';
import { errorFields } from './errorFields';
import { StandardOutput } from './standardOutput';

/** Writes a log of JSON lines: `level`, `time` (ISO 8601), the fields, `err` for an error, `msg` last. */
export const createLogger = (output: { write(line: string): void }, level = logLevel()) =>
  pino(
    {
      level,
      base: null,
      timestamp: timeField,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (error) => errorFields(error) },
    },
    output,
  );

let told = { ms: 0, field: '' };

/** The time as pino takes it, worked out once for all the lines of a millisecond. */
function timeField(): string {
  const ms = Date.now();
  if (ms !== told.ms) told = { ms, field: `,"time":"${new Date(ms).toISOString()}"` };
  return told.field;
}

type Logger = ReturnType<typeof createLogger>;

// Route handlers are bundled apart from each other: the process's one log lives on globalThis.
const holder = globalThis as typeof globalThis & {
  devlinkWebhookLog?: { logger: Logger; output: StandardOutput };
};

function log() {
  if (holder.devlinkWebhookLog) return holder.devlinkWebhookLog;
  const output = new StandardOutput();
  process.once('exit', () => output.flushNow());
  holder.devlinkWebhookLog = { logger: createLogger(output), output };
  return holder.devlinkWebhookLog;
}

/** The log of this process, on standard output; WEBHOOKS_LOG_LEVEL says from which level on. Never throws. */
export const logger = (): Logger => log().logger;
