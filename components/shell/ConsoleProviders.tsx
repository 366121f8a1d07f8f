'use client';

import type { ReactNode } from 'react';
import { Toaster } from '@/components/ui/Toaster';
import { TooltipProvider } from '@/components/ui/Tooltip';

/** What the pages behind the sidebar stand in besides `Providers`: tooltips and short messages. */
export function ConsoleProviders({ children }: { children: ReactNode }) {
  return (
    <TooltipProvider>
      {children}
      <Toaster />
    </TooltipProvider>
  );
}
