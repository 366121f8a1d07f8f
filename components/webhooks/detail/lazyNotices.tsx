'use client';

import { lazily } from '../../ui/lazily';

/* Most webhooks need neither. */
export const WebhookNotice = lazily(() => import('./WebhookNotice').then((file) => file.WebhookNotice));
export const PauseNotice = lazily(() =>
  import('../../receivers/PauseNotice').then((file) => file.PauseNotice),
);
