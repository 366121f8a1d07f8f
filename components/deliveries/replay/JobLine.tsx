'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, CircleStop, CircleX, LoaderCircle } from 'lucide-react';
import { useFormatter, useTranslations } from 'next-intl';
import { toast } from 'sonner';
import { webhookOptionsQuery } from '@/lib/api/events';
import { jobKeys, resumeJob, stopJob } from '@/lib/api/jobs';
import type { Job } from '@/lib/domain/job';
import { useProblemText } from '../../shell/useProblemText';
import { Button } from '../../ui/Button';
import { cn } from '../../ui/cn';

const signs = {
  running: { icon: LoaderCircle, className: 'animate-spin text-accent-ink' },
  finished: { icon: CircleCheck, className: 'text-success-ink' },
  stopped: { icon: CircleStop, className: 'text-muted' },
  failed: { icon: CircleX, className: 'text-danger-ink' },
} as const;

/** Those that keep the place where they stopped. */
const resumable = new Set<Job['kind']>(['replay', 'missing', 'backfill']);

type JobLineProps = {
  job: Job;
  /** Say which webhook it is about: where the page is not that webhook's. */
  named?: boolean;
};

/** One background job: what it does, how far it is, and a way to stop it. */
export function JobLine({ job, named }: JobLineProps) {
  const t = useTranslations('deliveries.jobs');
  const client = useQueryClient();
  const problemText = useProblemText();
  const after = {
    onError: (error: Error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: jobKeys.all }),
  };
  const stop = useMutation({ mutationFn: () => stopJob(job.id), ...after });
  const resume = useMutation({ mutationFn: () => resumeJob(job.id), ...after });
  const { icon: Icon, className } = signs[job.state];
  const running = job.state === 'running';
  const kind = t(`kinds.${job.kind}`);
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
      <Icon aria-hidden className={cn('size-4 shrink-0', className)} />
      <span className="font-medium">
        {kind}
        {named && <WebhookName job={job} />}
      </span>
      {/* Its end is announced, and not each of its steps. */}
      <span
        aria-live={running ? 'off' : 'polite'}
        className="wrap-anywhere min-w-28 flex-1 text-muted tabular-nums"
      >
        <Progress job={job} />
      </span>
      {running && job.total !== null && job.done <= job.total && (
        <progress
          aria-label={kind}
          value={job.done}
          max={Math.max(job.total, 1)}
          className="h-1.5 w-32 overflow-hidden rounded-full bg-neutral-soft [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-neutral-soft [&::-webkit-progress-value]:bg-accent"
        />
      )}
      {running && job.kind !== 'delete' && job.kind !== 'erase' && (
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
      {(job.state === 'stopped' || job.state === 'failed') && resumable.has(job.kind) && (
        <Button
          size="sm"
          variant="ghost"
          loading={resume.isPending}
          aria-label={t('resumeOf', { kind })}
          onClick={() => resume.mutate()}
        >
          {t('resume')}
        </Button>
      )}
    </div>
  );
}

/** A deleted webhook has no name any more. */
function WebhookName({ job }: { job: Job }) {
  const enabled = job.webhook_id !== null && job.kind !== 'delete';
  const webhooks = useQuery({ ...webhookOptionsQuery, enabled }).data;
  const name = enabled && webhooks?.find(({ id }) => id === job.webhook_id)?.name;
  return name ? <span className="font-normal"> · {name}</span> : null;
}

function Progress({ job }: { job: Job }) {
  const t = useTranslations('deliveries.jobs');
  const format = useFormatter();
  const { kind, state, done, total, error } = job;
  if (state === 'failed') return t('states.failed', { error: error ?? '' });
  if (kind === 'erase' && !(state === 'running' && error)) return t('erased', { count: done });
  if (state !== 'running')
    return kind === 'backfill'
      ? t(`rowStates.${state}`, { count: done })
      : t(`states.${state}`, { count: done });
  if (error) return t('retrying', { error });
  if (total === null || done > total) return t(kind === 'backfill' ? 'rows' : 'counted', { count: done });
  return t('progress', { done: format.number(done), total: format.number(total) });
}
