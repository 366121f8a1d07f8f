'use client';

import { useEffect, useEffectEvent } from 'react';

/**
 * Ctrl S, or ⌘ S, saves what the page changes instead of the page itself.
 * @param where a page gives way to a window over it, and a window to a question over that; false: nowhere just now
 */
export function useSaveKey(save: () => void, where: 'page' | 'dialog' | false = 'page') {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (event.key.toLowerCase() !== 's' || !where) return;
    event.preventDefault();
    // What is above is to be answered first.
    const above = where === 'page' ? '[role="dialog"], [role="alertdialog"]' : '[role="alertdialog"]';
    if (!event.repeat && !document.querySelector(above)) save();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
