import type { Job } from '@/lib/domain/job';
import { wakeJobs } from '@/lib/engine/jobs';
import * as store from '@/lib/store/jobStore';

/** The background jobs, as administrators see them. Acts for the person behind the current request. */
export const jobService = {
  get: store.getJob,
  stop: store.stopJob,

  /** Has one that was stopped or failed go on where it is. @throws WebhookError `job_not_found` */
  async resume(id: string): Promise<Job> {
    const job = await store.resumeJob(id);
    wakeJobs();
    return job;
  },

  /** Those that run, and those that ended within the last hour, newest first. */
  async list(): Promise<{ items: Job[] }> {
    return { items: await store.listJobs() };
  },
};
