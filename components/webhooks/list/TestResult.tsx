'use client';

import { useTranslations } from 'next-intl';
import type { DeliveryDetail } from '@/lib/domain/delivery';
import { useProblemText } from '../../shell/useProblemText';
import { Banner } from '../../ui/Banner';
import { Spinner } from '../../ui/Spinner';
import { DeliveryOutcome } from './DeliveryOutcome';

type TestResultProps = {
  test: { isPending: boolean; isError: boolean; error: unknown; data: DeliveryDetail | undefined };
};

/** What a test came to, announced as it arrives. */
export function TestResult({ test }: TestResultProps) {
  const t = useTranslations('webhooks.test');
  const problemText = useProblemText();
  return (
    <div aria-live="polite" className="empty:hidden">
      {test.isPending && (
        <p className="flex items-center gap-2 text-muted text-sm">
          <Spinner />
          {t('sending')}
        </p>
      )}
      {test.isError && !test.isPending && <Banner tone="danger">{problemText(test.error)}</Banner>}
      {test.data && !test.isPending && <DeliveryOutcome delivery={test.data} />}
    </div>
  );
}
