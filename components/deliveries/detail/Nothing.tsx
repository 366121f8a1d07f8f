import type { ReactNode } from 'react';

/** Stands in a pane that has nothing to show, and says why. */
export function Nothing({ children }: { children: ReactNode }) {
  return (
    <p className="rounded-md border border-dashed px-4 py-8 text-center text-muted text-sm">{children}</p>
  );
}
