import type { Job } from '@/lib/domain/job';
import * as store from '@/lib/store/jobStore';

/** The background jobs, as administrators see them. Acts for the person behind the current request. */
export const jobService = {
  get: store.getJob,
  stop: store.stopJob,

  /** Those that run, and those that ended within the last hour, newest first. */
  async list(): Promise<{ items: Job[] }> {
    return { items: await store.listJobs() };
  },
};
