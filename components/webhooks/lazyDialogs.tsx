'use client';

import dynamic from 'next/dynamic';
import { onceOpened } from '../ui/onceOpened';

export const TestDialog = onceOpened(dynamic(() => import('./TestDialog').then((file) => file.TestDialog)));
export const ActivateDialog = onceOpened(
  dynamic(() => import('./ActivateDialog').then((file) => file.ActivateDialog)),
);
export const DeleteDialog = onceOpened(
  dynamic(() => import('./DeleteDialog').then((file) => file.DeleteDialog)),
);
