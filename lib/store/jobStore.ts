import { type FailedCount, failedCountSchema, type ReplayRange } from '@/lib/domain/delivery';
import { WebhookError } from '@/lib/domain/errors';
import { type Job, jobSchema } from '@/lib/domain/job';
import { statusCodeRange } from '@/lib/domain/statusCode';
import { readableRows } from './readableRows';
import { sessionClient } from './sessionClient';
import { columnsOf } from './storeClient';
import { unwrap } from './storeError';

/*
 * Everything here runs as the person behind the request: row-level security answers only to administrators.
 */

const columns = columnsOf('webhook_jobs', jobSchema);
/** A job that ended stays in sight for a while. */
const recentlyMs = 60 * 60 * 1000;

/** The jobs that run, and those that ended within the last hour, newest first. */
export async function listJobs(): Promise<Job[]> {
  const client = await sessionClient();
  const since = new Date(Date.now() - recentlyMs).toISOString();
  const rows = await client
    .from('webhook_jobs')
    .select(columns)
    .or(`state.eq.running,finished_at.gt.${since}`)
    .order('id', { ascending: false })
    .limit(100);
  return readableRows(jobSchema, unwrap(rows), 'webhook_jobs');
}

/** @throws WebhookError `job_not_found` */
export async function getJob(id: string): Promise<Job> {
  const client = await sessionClient();
  const row = unwrap(await client.from('webhook_jobs').select(columns).eq('id', id).maybeSingle());
  if (row === null) throw new WebhookError('job_not_found');
  return jobSchema.parse(row);
}

/** Ends a running job where it is; what it has done stays done. @throws WebhookError `job_not_found` */
export async function stopJob(id: string): Promise<Job> {
  const client = await sessionClient();
  return jobSchema.parse(unwrap(await client.rpc('stop_webhook_job', { job_id: id })));
}

/**
 * Has a replay, a backfill or the sending of what was missing go on where it was stopped or failed; any other job stays as it is.
 * @throws WebhookError `job_not_found`
 */
export async function resumeJob(id: string): Promise<Job> {
  const client = await sessionClient();
  return jobSchema.parse(unwrap(await client.rpc('resume_webhook_job', { job_id: id })));
}

/** Takes everything that waits for a webhook out of the queue, as a job. @throws WebhookError `webhook_not_found` */
export async function cancelWaiting(webhookId: string): Promise<Job> {
  const client = await sessionClient();
  return jobSchema.parse(unwrap(await client.rpc('cancel_waiting_deliveries', { webhook_id: webhookId })));
}

function argumentsOf({ from, to, webhook_id, event_type, error_kind, status_code }: ReplayRange) {
  const codes = status_code ? statusCodeRange(status_code) : null;
  return {
    since: from,
    until: to ?? null,
    target: webhook_id ?? null,
    type: event_type ?? null,
    kinds: error_kind ?? null,
    code_from: codes?.from ?? null,
    code_below: codes?.below ?? null,
  };
}

/** How many failed deliveries of active webhooks a replay would send; counted up to 10,000. */
export async function countFailed(range: ReplayRange): Promise<FailedCount> {
  const client = await sessionClient();
  const response = await client.rpc('count_failed_deliveries', argumentsOf(range));
  return failedCountSchema.parse(unwrap(response));
}

/** Makes every failed delivery of active webhooks in the range due again, as a job. */
export async function replayFailed(range: ReplayRange): Promise<Job> {
  const client = await sessionClient();
  return jobSchema.parse(unwrap(await client.rpc('replay_failed_deliveries', argumentsOf(range))));
}
