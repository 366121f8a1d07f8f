'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, CircleStop, CircleX, LoaderCircle } from 'lucide-react';
import { useFormatter, useTranslations } from 'next-intl';
import { useEffect, useRef } from 'react';
import { deliveryKeys } from '@/lib/api/deliveries';
import { jobKeys, jobsQuery, stopJob } from '@/lib/api/jobs';
import { webhookKeys } from '@/lib/api/webhooks';
import type { Job } from '@/lib/domain/job';
import { useProblemText } from '../shell/useProblemText';
import { Button } from '../ui/Button';
import { toast } from '../ui/toast';
import { useNow } from '../ui/useNow';

/** For how long a job that has ended says so. */
const shownAfterMs = 60_000;

/** The background jobs of a webhook, or of all: how far each is, and a way to stop it. Nothing while there is none. */
export function JobStrip({ webhookId }: { webhookId: string | undefined }) {
  const t = useTranslations('deliveries.jobs');
  const now = useNow();
  const { data } = useQuery(jobsQuery);
  const shown = (data?.items ?? []).filter(
    (job) =>
      (webhookId === undefined || job.webhook_id === webhookId || job.webhook_id === null) &&
      (job.finished_at === null || now - Date.parse(job.finished_at) < shownAfterMs),
  );
  useRefreshAtEnd(data?.items);
  if (shown.length === 0) return null;
  return (
    <section aria-label={t('label')} className="rounded-lg border bg-raised">
      <ul className="divide-y">
        {shown.map((job) => (
          <JobLine key={job.id} job={job} />
        ))}
      </ul>
    </section>
  );
}

const signs = {
  running: { icon: LoaderCircle, className: 'animate-spin text-accent-ink' },
  finished: { icon: CircleCheck, className: 'text-success-ink' },
  stopped: { icon: CircleStop, className: 'text-muted' },
  failed: { icon: CircleX, className: 'text-danger-ink' },
} as const;

function JobLine({ job }: { job: Job }) {
  const t = useTranslations('deliveries.jobs');
  const client = useQueryClient();
  const problemText = useProblemText();
  const stop = useMutation({
    mutationFn: () => stopJob(job.id),
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: jobKeys.all }),
  });
  const { icon: Icon, className } = signs[job.state];
  const kind = t(`kinds.${job.kind}`);
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-sm">
      <Icon aria-hidden className={`size-4 shrink-0 ${className}`} />
      <span className="font-medium">{kind}</span>
      <span aria-live="polite" className="min-w-0 flex-1 text-muted tabular-nums">
        <Progress job={job} />
      </span>
      {job.state === 'running' && job.total !== null && (
        <progress
          aria-label={kind}
          value={Math.min(job.done, job.total)}
          max={Math.max(job.total, 1)}
          className="w-32"
        />
      )}
      {job.state === 'running' && job.kind !== 'delete' && (
        <Button
          size="sm"
          variant="ghost"
          loading={stop.isPending}
          aria-label={t('stopOf', { kind })}
          onClick={() => stop.mutate()}
        >
          {t('stop')}
        </Button>
      )}
    </li>
  );
}

function Progress({ job }: { job: Job }) {
  const t = useTranslations('deliveries.jobs');
  const format = useFormatter();
  const { state, done, total, error } = job;
  if (state === 'failed') return t('states.failed', { error: error ?? '' });
  if (state !== 'running') return t(`states.${state}`, { count: done });
  if (error) return t('retrying', { error });
  if (total === null || done > total) return t('counted', { count: done });
  return t('progress', { done: format.number(done), total: format.number(total) });
}

/** What a job has done is seen in the lists once it has ended. */
function useRefreshAtEnd(jobs: Job[] | undefined) {
  const client = useQueryClient();
  const running = useRef(0);
  const count = jobs?.filter(({ state }) => state === 'running').length;
  useEffect(() => {
    if (count === undefined) return;
    if (count < running.current) {
      void client.invalidateQueries({ queryKey: deliveryKeys.all });
      void client.invalidateQueries({ queryKey: webhookKeys.all });
    }
    running.current = count;
  }, [client, count]);
}
