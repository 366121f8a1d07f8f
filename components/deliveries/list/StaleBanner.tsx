'use client';

import { useTranslations } from 'next-intl';
import { useProblemText } from '../../shell/useProblemText';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';

type StaleBannerProps = { error: unknown; onRetry: () => void };

/** The rows are still there, but no longer live: says so, and why. */
export function StaleBanner({ error, onRetry }: StaleBannerProps) {
  const t = useTranslations('deliveries');
  const common = useTranslations('common');
  const problemText = useProblemText();
  return (
    <Banner
      tone="warning"
      alert
      title={t('stale')}
      actions={
        <Button size="sm" onClick={onRetry}>
          {common('retry')}
        </Button>
      }
    >
      {problemText(error)}
    </Banner>
  );
}
