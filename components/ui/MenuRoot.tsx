'use client';

import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { MenuParts } from './menuParts';

/** Radix's menu around its parts, open. */
export function MenuRoot({ children }: { children: ReactNode }) {
  return (
    <Radix.Root defaultOpen modal={false}>
      <MenuParts value={Radix}>{children}</MenuParts>
    </Radix.Root>
  );
}
