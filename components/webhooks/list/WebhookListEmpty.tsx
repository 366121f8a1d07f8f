'use client';

import { SearchX, Webhook } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';

/** No webhook at all, or none that matches the search. */
export function WebhookListEmpty({ q }: { q: string }) {
  const t = useTranslations('webhooks');
  if (q) {
    return (
      <EmptyState
        icon={SearchX}
        title={t('list.noMatchTitle')}
        description={t('list.noMatchDescription', { q })}
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
