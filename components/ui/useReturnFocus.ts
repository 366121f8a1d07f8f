'use client';

import { type RefObject, useRef } from 'react';

/**
 * Handlers for a Radix dialog that is opened by state: focus goes back to `target`, else to what had it, else
 * to the window below, else to the page's content.
 */
export function useReturnFocus(target?: RefObject<HTMLElement | null>) {
  const opener = useRef<HTMLElement>(null);
  return {
    onOpenAutoFocus: () => {
      opener.current = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      const below = [...document.querySelectorAll<HTMLElement>('[role=dialog]')].at(-1);
      const candidates = [target?.current, opener.current, below, document.getElementById('content')];
      candidates.find((element) => element?.isConnected && element !== document.body)?.focus();
    },
  };
}
