'use client';

import { useQuery } from '@tanstack/react-query';
import { CirclePlay } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { webhookQuery } from '@/lib/api/webhooks';
import { webhookState } from '@/lib/domain/receiverHealth';
import { JobStrip } from '../../deliveries/replay/JobStrip';
import { PauseNotice } from '../../receivers/PauseNotice';
import { Button } from '../../ui/Button';
import { CopyButton } from '../../ui/CopyButton';
import { PageHeader } from '../../ui/PageHeader';
import { Skeleton } from '../../ui/Skeleton';
import { StatusBadge } from '../../ui/StatusBadge';
import { TabLinks } from '../../ui/TabLinks';
import { TestDialog } from '../list/lazyDialogs';
import { WebhookMenu } from '../list/WebhookMenu';
import { useReceiverHealth } from './useReceiverHealth';
import { WebhookNotice } from './WebhookNotice';

/** The head of a webhook's pages: name, status, URL, actions, tabs. */
export function WebhookHeader({ webhookId }: { webhookId: string }) {
  const t = useTranslations('webhooks');
  const common = useTranslations('common');
  const router = useRouter();
  const [testing, setTesting] = useState(false);
  const { data: webhook } = useQuery(webhookQuery(webhookId));
  const health = useReceiverHealth(webhook, webhookId);
  const back = { backHref: '/webhooks', backLabel: t('detail.back') };
  if (!webhook) {
    return (
      <PageHeader
        title={
          <>
            <span className="sr-only">{common('loading')}</span>
            <Skeleton className="h-7 w-56" />
          </>
        }
        description={<Skeleton className="h-4 w-72 max-w-full" />}
        {...back}
      />
    );
  }
  const state = webhookState(webhook, health);
  return (
    <>
      <PageHeader
        title={webhook.name}
        badge={state ? <StatusBadge status={state} /> : <Skeleton className="h-5 w-14" />}
        description={
          <span className="flex min-w-0 items-center gap-1">
            <span className="wrap-anywhere font-mono text-xs">{webhook.url}</span>
            <CopyButton text={webhook.url} />
          </span>
        }
        actions={
          <>
            <Button onClick={() => setTesting(true)}>
              <CirclePlay aria-hidden />
              {t('detail.test')}
            </Button>
            <WebhookMenu webhook={webhook} onDeleted={() => router.replace('/webhooks')} />
          </>
        }
        {...back}
      />
      {webhook.status === 'inactive' && <WebhookNotice webhook={webhook} />}
      {webhook.status === 'active' && webhook.health && (
        <PauseNotice webhookId={webhookId} health={webhook.health} />
      )}
      <JobStrip webhookId={webhookId} />
      <TabLinks aria-label={t('detail.tabs')} items={tabsOf(webhookId, t)} />
      <TestDialog webhook={webhook} open={testing} onOpenChange={setTesting} />
    </>
  );
}

function tabsOf(id: string, t: ReturnType<typeof useTranslations<'webhooks'>>) {
  return [
    { href: `/webhooks/${id}`, label: t('detail.overview') },
    { href: `/webhooks/${id}/deliveries`, label: t('detail.deliveries') },
    { href: `/webhooks/${id}/reconciliation`, label: t('detail.reconciliation') },
    { href: `/webhooks/${id}/transformation`, label: t('detail.transformation') },
    { href: `/webhooks/${id}/settings`, label: t('detail.settings') },
  ];
}
