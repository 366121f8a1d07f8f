'use client';

import { useTranslations } from 'next-intl';
import { Button } from './Button';

type LoadMoreProps = { hasMore: boolean; loading: boolean; onLoadMore: () => void };

/** The foot of a cursor-paginated list. */
export function LoadMore({ hasMore, loading, onLoadMore }: LoadMoreProps) {
  const t = useTranslations('common');
  if (!hasMore) return null;
  return (
    <div className="flex justify-center p-3">
      <Button loading={loading} onClick={onLoadMore}>
        {t('loadMore')}
      </Button>
    </div>
  );
}
