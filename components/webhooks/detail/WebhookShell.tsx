'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { webhookQuery } from '@/lib/api/webhooks';
import { ErrorState } from '../../shell/ErrorState';
import { PageHeader } from '../../ui/PageHeader';
import { WebhookHeader } from './WebhookHeader';

/** A webhook's pages: its head and, below it, a tab. Without the webhook no tab has anything to show. */
export function WebhookShell({ webhookId, children }: { webhookId: string; children: ReactNode }) {
  const t = useTranslations('webhooks');
  const { data, error, refetch } = useQuery(webhookQuery(webhookId));
  // A refetch that failed takes nothing away from who is typing in a tab.
  if (error && !data) {
    return (
      <>
        <PageHeader title={t('title')} backHref="/webhooks" backLabel={t('detail.back')} />
        <ErrorState error={error} onRetry={() => refetch()} />
      </>
    );
  }
  return (
    <>
      <WebhookHeader webhookId={webhookId} />
      {children}
    </>
  );
}
