'use client';

import { useNow as useFirstNow } from 'next-intl';
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  now = Date.now();
  timer ??= setInterval(() => {
    now = Date.now();
    for (const notify of listeners) notify();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/**
 * The present moment in milliseconds, the same for every caller; while a page that the server drew is taken up, the server's.
 * @param step how often it changes, in milliseconds: whole seconds
 */
export function useNow(step = 1000): number {
  const first = useFirstNow().getTime();
  return useSyncExternalStore(
    subscribe,
    () => now - (now % step),
    () => first - (first % step),
  );
}
