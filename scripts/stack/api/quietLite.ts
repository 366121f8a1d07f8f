import { format } from 'node:util';
import { openLog } from '../machine/rotatingLog.ts';

/** Supabase Lite tells the console of every query that the database refuses; that belongs in a log. */
export function sendLiteToItsLog(dataDir: string): void {
  const log = openLog(dataDir, 'supabase');
  const write = (...parts: unknown[]) => log.write(`${new Date().toISOString()} ${format(...parts)}\n`);
  console.error = write;
  console.warn = write;
  console.info = write;
}
