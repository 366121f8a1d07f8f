'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
import { deliveryKeys } from '@/lib/api/deliveries';
import { jobsQuery } from '@/lib/api/jobs';
import { webhookKeys } from '@/lib/api/webhooks';
import type { Job } from '@/lib/domain/job';
import { lazily } from '../../ui/lazily';
import { useNow } from '../../ui/useNow';
import { shownJobs } from './shownJobs';

/** Seldom is there a job. Its room is kept: a click on a page that has just come may be quicker than the code. */
const JobLine = lazily(() => import('./JobLine').then((file) => file.JobLine), <div className="h-5" />);

/** Lines at once; those behind take their turn. */
const mostShown = 5;

/** The background jobs of a webhook, or of all: how far each is, and a way to stop it. Nothing while there is none. */
export function JobStrip({ webhookId }: { webhookId?: string | undefined }) {
  const t = useTranslations('deliveries.jobs');
  const [openedAt] = useState(useNow());
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const jobs = useQuery(jobsQuery).data?.items;
  useRefreshAtEnd(jobs);
  const shown = shownJobs(jobs ?? [], webhookId, openedAt, seen);
  const unseen = shown.some(({ id }) => !seen.has(id));
  useEffect(() => {
    if (unseen) setSeen((before) => new Set([...before, ...shown.map(({ id }) => id)]));
  });
  if (shown.length === 0) return null;
  return (
    <section aria-label={t('label')} className="rounded-lg border bg-raised">
      <ul className="divide-y">
        {shown.slice(0, mostShown).map((job) => (
          <li key={job.id} className="px-4 py-2.5">
            <JobLine job={job} named={webhookId === undefined} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a job has done is seen in the lists once it has ended. */
function useRefreshAtEnd(jobs: Job[] | undefined) {
  const client = useQueryClient();
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!jobs) return;
    const ended = new Set(jobs.filter(({ state }) => state !== 'running').map(({ id }) => id));
    const before = known.current;
    known.current = ended;
    if (!before || [...ended].every((id) => before.has(id))) return;
    void client.invalidateQueries({ queryKey: deliveryKeys.all });
    void client.invalidateQueries({ queryKey: webhookKeys.all });
  }, [client, jobs]);
}
