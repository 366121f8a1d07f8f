'use client';

import { onceOpened } from '../ui/onceOpened';

export const TokenDialog = onceOpened(() => import('./TokenDialog').then((file) => file.TokenDialog));
export const MadeTokenDialog = onceOpened(() =>
  import('./MadeTokenDialog').then((file) => file.MadeTokenDialog),
);
