'use client';

import dynamic from 'next/dynamic';

/** Fetched when somebody else saved meanwhile. */
export const LazyConflictDialog = dynamic(() =>
  import('./ConflictDialog').then((file) => file.ConflictDialog),
);
