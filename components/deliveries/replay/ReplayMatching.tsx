'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { replayCountQuery, replayFailures } from '@/lib/api/deliveries';
import { followJob, jobsQuery } from '@/lib/api/jobs';
import type { ReplayRange } from '@/lib/domain/delivery';
import { useProblemText } from '../../shell/useProblemText';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { ReplayCount } from './ReplayCount';
import { ReplayProgress } from './ReplayProgress';

type ReplayMatchingProps = { range: ReplayRange; onClose: () => void };

/** Sends every failure again that the list is narrowed to, shown or not: how many is asked before, and said. */
export function ReplayMatching({ range, onClose }: ReplayMatchingProps) {
  const t = useTranslations('deliveries.replay');
  const problemText = useProblemText();
  const client = useQueryClient();
  const count = useQuery(replayCountQuery(range));
  const replay = useMutation({
    mutationFn: () => replayFailures(range),
    onSuccess: ({ job }) => followJob(client, job),
  });
  const jobs = useQuery({ ...jobsQuery, enabled: replay.isSuccess }).data?.items;
  if (replay.data) {
    const { job } = replay.data;
    return <ReplayProgress job={jobs?.find(({ id }) => id === job.id) ?? job} onClose={onClose} />;
  }
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
