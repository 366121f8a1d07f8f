import { appendFileSync } from 'node:fs';
import { format } from 'node:util';
import { logFile } from './dataDir.ts';

/** Supabase Lite tells the console of every query that the database refuses; that belongs in a log. */
export function sendLiteToItsLog(dataDir: string): void {
  const write = (...parts: unknown[]) => {
    try {
      appendFileSync(logFile(dataDir, 'supabase'), `${new Date().toISOString()} ${format(...parts)}\n`);
    } catch {
      // A full disk must not stop the API.
    }
  };
  console.error = write;
  console.warn = write;
  console.info = write;
}
