'use client';

import { onceOpened } from './onceOpened';

/** Asks before something that cannot be undone. Escape and « Annuler » change nothing. */
export const AlertDialog = onceOpened(() =>
  import('./AlertDialogWindow').then((file) => file.AlertDialogWindow),
);
