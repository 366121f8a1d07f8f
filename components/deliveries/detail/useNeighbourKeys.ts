'use client';

import { useEffect, useRef } from 'react';

type NeighbourKeys = { onNewer: () => void; onOlder: () => void };

/** ← or k to the newer delivery, → or j to the older one, unless the arrows belong to what has focus. */
export function useNeighbourKeys(keys: NeighbourKeys) {
  const latest = useRef(keys);
  useEffect(() => {
    latest.current = keys;
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
      if (usesArrows(event.target)) return;
      if (event.key === 'ArrowLeft' || event.key === 'k') latest.current.onNewer();
      else if (event.key === 'ArrowRight' || event.key === 'j') latest.current.onOlder();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

function usesArrows(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const scrolls = target.matches('section[tabindex]') && target.scrollWidth > target.clientWidth;
  return (
    scrolls || target.closest('input, textarea, select, [role="tablist"], [role="alertdialog"]') !== null
  );
}
