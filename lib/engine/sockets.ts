import { readFileSync } from 'node:fs';

/**
 * Descriptors that are not for sending: files, the pipes of sandboxes, the database's connections, and whoever asks this
 * process something, its health first of all.
 */
const kept = 128;
/** Milliseconds after which the limit is read again: an operator may change it while we run. */
const staleMs = 1000;

let known = { sockets: Number.POSITIVE_INFINITY, readAt: Number.NEGATIVE_INFINITY };

/**
 * How many requests may be under way at once without taking the last descriptors (`ulimit -n`), at least one. Infinity where
 * the system does not tell: then the first refusal does.
 */
export function socketsForSending(): number {
  if (performance.now() - known.readAt > staleMs) {
    known = { sockets: Math.max(1, descriptorLimit() - kept), readAt: performance.now() };
  }
  return known.sockets;
}

function descriptorLimit(): number {
  try {
    const limits = readFileSync(/* turbopackIgnore: true */ '/proc/self/limits', 'latin1');
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
