'use client';

import { onceOpened } from '../ui/onceOpened';

export const EventTypeDialog = onceOpened(() =>
  import('./EventTypeDialog').then((file) => file.EventTypeDialog),
);
