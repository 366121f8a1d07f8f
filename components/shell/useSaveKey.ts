'use client';

import { useKeys } from './useKeys';

/** Ctrl S, or ⌘ S, saves what the page changes instead of the page itself. */
export function useSaveKey(save: () => void) {
  useKeys('form', {
    save: ({ repeat }) => {
      // A window over the page is to be answered first.
      if (!repeat && !document.querySelector('[role="dialog"], [role="alertdialog"]')) save();
    },
  });
}
