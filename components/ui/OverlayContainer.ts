'use client';

import { createContext, use, useState } from 'react';

/** The panel of the dialog around, in which a menu, a list or a tooltip of its own has to open. */
export const OverlayContainer = createContext<HTMLElement | null>(null);

/** Where an overlay is drawn: in the dialog around, else inside the page's main landmark, where content is expected. */
export function useOverlayContainer(): HTMLElement | undefined {
  const dialog = use(OverlayContainer);
  const [page] = useState(() =>
    typeof document === 'undefined' ? null : document.getElementById('content'),
  );
  return dialog ?? page ?? undefined;
}
