'use client';

import { onceOpened } from '../ui/onceOpened';

export const InboxNameDialog = onceOpened(() =>
  import('./InboxNameDialog').then((file) => file.InboxNameDialog),
);
