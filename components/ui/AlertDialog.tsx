'use client';

import dynamic from 'next/dynamic';
import { onceOpened } from './onceOpened';

/** Asks before something that cannot be undone. Escape and « Annuler » change nothing. */
export const AlertDialog = onceOpened(
  dynamic(() => import('./AlertDialogWindow').then((file) => file.AlertDialogWindow)),
);
