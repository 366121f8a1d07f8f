'use client';

import { createContext, type ReactNode, useState } from 'react';
import { lazily } from '@/components/ui/lazily';
import { useKeys } from './useKeys';

const CommandPalette = lazily(() => import('./CommandPalette').then((file) => file.CommandPalette));
const KeyList = lazily(() => import('./KeyList').then((file) => file.KeyList));

/** Opens the palette: for a button. */
export const OpenPalette = createContext<() => void>(() => undefined);

/** Around the console: Ctrl K, or ⌘ K, opens the palette, `?` the list of all keys. Both are fetched then. */
export function CommandMenu({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<'palette' | 'keys' | null>(null);
  const close = () => setShown(null);
  // What is typed into a window over the page would be lost on the way.
  const open = (window: typeof shown) => () => {
    if (!document.querySelector('[role="alertdialog"], [role="dialog"] form')) setShown(window);
  };
  useKeys('everywhere', { palette: open('palette'), list: open('keys') });
  return (
    <OpenPalette value={open('palette')}>
      {children}
      {shown === 'palette' && <CommandPalette onClose={close} onListKeys={() => setShown('keys')} />}
      {shown === 'keys' && <KeyList onClose={close} />}
    </OpenPalette>
  );
}
