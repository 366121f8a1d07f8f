import type { Job } from '@/lib/domain/job';

/*
 * What begins a job and can be tried dry answers `{ job }`, or what it counted. The types know both; what was asked for tells which.
 */

type Begun = { job: Job };

/** The job that was asked for. @throws Error when something else was answered */
export function jobOf(answer: Begun | object): Job {
  if ('job' in answer) return (answer as Begun).job;
  throw new Error('a count was answered for an order');
}

/** What a dry run counted. @throws Error when a job was answered */
export function countedOf<Answer extends object>(answer: Answer): Exclude<Answer, Begun> {
  if ('job' in answer) throw new Error('a job was answered for a count');
  return answer as Exclude<Answer, Begun>;
}
