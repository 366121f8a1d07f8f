'use client';

import { lazily } from '../../ui/lazily';

/** Fetched when somebody else saved meanwhile. */
export const LazyConflictDialog = lazily(() =>
  import('./ConflictDialog').then((file) => file.ConflictDialog),
);
