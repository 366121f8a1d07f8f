'use client';

import { useTranslations } from 'next-intl';
import type { ReplayRange } from '@/lib/domain/delivery';
import { useProblemText } from '../../shell/useProblemText';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ReplayCount } from './ReplayCount';
import { ReplayProgress } from './ReplayProgress';
import { useReplay } from './useReplay';

type ReplayMatchingProps = { range: ReplayRange; onClose: () => void };

/** Sends every failure again that the list is narrowed to, shown or not: how many is asked before, and said. */
export function ReplayMatching({ range, onClose }: ReplayMatchingProps) {
  const t = useTranslations('deliveries.replay');
  const problemText = useProblemText();
  const { count, replay, job } = useReplay(range);
  if (job) return <ReplayProgress job={job} onClose={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('matchingTitle')}
      description={t('matchingText')}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button
            variant="primary"
            loading={replay.isPending}
            disabled={!count.data || count.data.count === 0}
            onClick={() => replay.mutate()}
          >
            {t(count.data?.capped ? 'confirmMany' : 'confirm', { count: count.data?.count ?? 0 })}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <ReplayCount
          count={count.data?.count}
          capped={count.data?.capped ?? false}
          error={count.error}
          onRetry={() => count.refetch()}
          none={t('matchingNone')}
        />
        {replay.error && (
          <Banner tone="danger" alert>
            {problemText(replay.error)}
          </Banner>
        )}
      </div>
    </Dialog>
  );
}
