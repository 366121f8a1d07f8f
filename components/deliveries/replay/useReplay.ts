'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { replayCountQuery, replayFailures } from '@/lib/api/deliveries';
import { followJob, jobsQuery } from '@/lib/api/jobs';
import type { ReplayRange } from '@/lib/domain/delivery';

/** A replay: how many it would send, its order, and the job that came of it, as far as it is; undefined: none was ordered. */
export function useReplay(range: ReplayRange) {
  const client = useQueryClient();
  const count = useQuery(replayCountQuery(range));
  const replay = useMutation({
    mutationFn: () => replayFailures(range),
    onSuccess: (job) => followJob(client, job),
  });
  const jobs = useQuery({ ...jobsQuery, enabled: replay.isSuccess }).data?.items;
  const job = replay.data && (jobs?.find(({ id }) => id === replay.data.id) ?? replay.data);
  return { count, replay, job };
}
