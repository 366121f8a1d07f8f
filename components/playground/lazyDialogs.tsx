'use client';

import dynamic from 'next/dynamic';
import { onceOpened } from '../ui/onceOpened';

export const InboxNameDialog = onceOpened(
  dynamic(() => import('./InboxNameDialog').then((file) => file.InboxNameDialog)),
);
