'use client';

import { CircleCheck, SearchX, Send } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Link } from '@/components/ui/Link';
import { Button } from '../../ui/Button';
import { EmptyState } from '../../ui/EmptyState';
import type { DeliveryFilters } from './useDeliveryFilters';

type DeliveryListEmptyProps = {
  filters: DeliveryFilters;
  /** Nothing is filtered: there is no delivery at all. */
  untouched: boolean;
  webhookId: string | undefined;
};

const meaning = {
  all: 'nothingWaits',
  in_progress: 'nothingWaits',
  failed: 'nothingFailed',
  skipped: 'skippedText',
} as const;

/** No row: because nothing happened yet, because all is well, or because the filters leave none. */
export function DeliveryListEmpty({ filters, untouched, webhookId }: DeliveryListEmptyProps) {
  const t = useTranslations('deliveries.empty');
  if (untouched) {
    return (
      <EmptyState
        icon={Send}
        title={t('title')}
        description={t(webhookId ? 'descriptionOne' : 'description')}
        actions={
          <>
            <Button asChild variant="primary">
              <Link href="/events">{t('trigger')}</Link>
            </Button>
            {!webhookId && (
              <Button asChild>
                <Link href="/webhooks">{t('webhooks')}</Link>
              </Button>
            )}
          </>
        }
      />
    );
  }
  if (!filters.narrowed && filters.status !== 'success') {
    return (
      <EmptyState icon={CircleCheck} title={t(filters.status)} description={t(meaning[filters.status])} />
    );
  }
  return (
    <EmptyState
      icon={SearchX}
      title={t('noMatch')}
      description={filters.q ? t('noMatchText', { q: filters.q }) : t('noMatchFilters')}
      actions={<Button onClick={filters.clear}>{t('clear')}</Button>}
    />
  );
}
