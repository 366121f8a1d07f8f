'use client';

import { onceOpened } from '../ui/onceOpened';

export const AlertFormDialog = onceOpened(() =>
  import('./AlertFormDialog').then((file) => file.AlertFormDialog),
);
