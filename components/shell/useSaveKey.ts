'use client';

import { useKeys } from './useKeys';

/**
 * Ctrl S, or ⌘ S, saves what the page changes instead of the page itself.
 * @param where a page gives way to a window over it, and a window to a question over that; false: nowhere just now
 */
export function useSaveKey(save: () => void, where: 'page' | 'dialog' | false = 'page') {
  useKeys('form', {
    save: ({ repeat }) => {
      if (!where) return false;
      // What is above is to be answered first.
      const above = where === 'page' ? '[role="dialog"], [role="alertdialog"]' : '[role="alertdialog"]';
      if (!repeat && !document.querySelector(above)) save();
      return true;
    },
  });
}
