'use client';

import type { DropdownMenu as Radix } from 'radix-ui';
import { createContext, use } from 'react';

/** Radix's parts of a menu, once they were fetched. */
export const MenuParts = createContext<typeof Radix | null>(null);

export function useMenuParts(): typeof Radix {
  const parts = use(MenuParts);
  if (!parts) throw new Error('a part of a menu stands outside of DropdownMenuContent');
  return parts;
}
