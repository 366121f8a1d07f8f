'use client';

import { useEffect, useEffectEvent } from 'react';

/** Ctrl S, or ⌘ S, saves what the page changes instead of the page itself. */
export function useSaveKey(save: () => void) {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (event.key.toLowerCase() !== 's') return;
    event.preventDefault();
    // A window over the page is to be answered first.
    if (!event.repeat && !document.querySelector('[role="dialog"], [role="alertdialog"]')) save();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
