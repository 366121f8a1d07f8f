'use client';

import dynamic from 'next/dynamic';

/* Most webhooks need neither. */
export const WebhookNotice = dynamic(() => import('./WebhookNotice').then((file) => file.WebhookNotice));
export const PauseNotice = dynamic(() =>
  import('../../receivers/PauseNotice').then((file) => file.PauseNotice),
);
