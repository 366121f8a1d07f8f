'use client';

import { useKeys } from '../../shell/useKeys';

type NeighbourKeys = { onNewer: () => void; onOlder: () => void };

/** ← or k to the newer delivery, → or j to the older one, unless the arrows belong to what has focus. */
export function useNeighbourKeys({ onNewer, onOlder }: NeighbourKeys) {
  const unlessUsed = (go: () => void) => (event: KeyboardEvent) => !usesArrows(event.target) && go();
  useKeys('delivery', { newer: unlessUsed(onNewer), older: unlessUsed(onOlder) });
}

function usesArrows(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  const scrolls = target.matches('section[tabindex]') && target.scrollWidth > target.clientWidth;
  return (
    scrolls || target.closest('[role="tablist"], [role="listbox"], [role="alertdialog"], .cm-editor') !== null
  );
}
