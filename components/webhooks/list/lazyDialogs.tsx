'use client';

import { lazily } from '../../ui/lazily';
import { onceOpened } from '../../ui/onceOpened';

export const TestDialog = onceOpened(() => import('./TestDialog').then((file) => file.TestDialog));
export const ActivateDialog = onceOpened(() =>
  import('./ActivateDialog').then((file) => file.ActivateDialog),
);
export const CancelWaitingDialog = onceOpened(() =>
  import('./CancelWaitingDialog').then((file) => file.CancelWaitingDialog),
);
export const DeleteDialog = onceOpened(() => import('./DeleteDialog').then((file) => file.DeleteDialog));
export const WebhookBulkBar = lazily(() => import('./WebhookBulkBar').then((file) => file.WebhookBulkBar));
