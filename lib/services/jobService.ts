import type { Job } from '@/lib/domain/job';
import * as store from '@/lib/store/jobStore';

/** The background jobs, as administrators see them. Acts for the person behind the current request. */
export const jobService = {
  /** Those that run, and those that ended within the last hour, newest first. */
  async list(): Promise<{ items: Job[] }> {
    return { items: await store.listJobs() };
  },

  /** @throws WebhookError `job_not_found` */
  get(id: string): Promise<Job> {
    return store.getJob(id);
  },

  /**
   * Ends a running job where it is; what it has done stays done. One that deletes a webhook goes on.
   * @throws WebhookError `job_not_found`
   */
  stop(id: string): Promise<Job> {
    return store.stopJob(id);
  },
};
