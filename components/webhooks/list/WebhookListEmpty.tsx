'use client';

import { CircleCheck, SearchX, Webhook } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Link } from '@/components/ui/Link';
import type { WebhookStateFilter } from '@/lib/domain/webhookList';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';

/** No webhook at all, or none that matches the search. */
export function WebhookListEmpty({ q, state }: { q: string; state: WebhookStateFilter | undefined }) {
  const t = useTranslations('webhooks');
  if (q) {
    return (
      <EmptyState
        icon={SearchX}
        title={t('list.noMatchTitle')}
        description={t(state ? 'list.noMatchState' : 'list.noMatchDescription', { q })}
      />
    );
  }
  if (state) {
    return (
      <EmptyState
        icon={state === 'troubled' ? CircleCheck : Webhook}
        title={t(`list.none.${state}`)}
        description={t(`list.noneText.${state}`)}
      />
    );
  }
  return (
    <EmptyState
      icon={Webhook}
      title={t('list.emptyTitle')}
      description={t('list.emptyDescription')}
      actions={
        <>
          <Button asChild variant="primary">
            <Link href="/webhooks/new">{t('new')}</Link>
          </Button>
          <Button asChild>
            <Link href="/playground">{t('list.emptyPlayground')}</Link>
          </Button>
        </>
      }
    />
  );
}
