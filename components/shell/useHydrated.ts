'use client';

import { useSyncExternalStore } from 'react';

const never = () => () => {};

/** False in what the server drew, until the page is ready: a form that is sent before goes nowhere, and takes what was typed with it. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
