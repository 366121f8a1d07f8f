import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SupabaseClient } from '@supabase/supabase-js';
import type { JSONValue, Sql } from 'postgres';
import type { Condition } from '@/lib/domain/conditions';
import type { Job } from '@/lib/domain/job';
import type { Claim, ClaimedItem } from '@/lib/store/claimSchema';
import { emitEvent, type NewEvent } from '@/lib/store/eventStore';
import { exchangeDeliveries, type SettledResult } from '@/lib/store/queueStore';

type WebhookFields = {
  id?: string;
  name?: string;
  url?: string;
  events?: string[];
  conditions?: Condition[];
  headers?: Record<string, string>;
  status?: string;
  transform_enabled?: boolean;
  transform_script?: string;
  retry_enabled?: boolean;
  max_retries?: number;
  retry_delay?: number;
  timeout_ms?: number;
  body_format?: string;
  max_in_flight?: number;
  rate_limit?: number | null;
  ordered?: boolean;
  order_waits?: boolean;
  stale_retries?: string;
  skip_own_changes?: boolean;
  coalesce_seconds?: number;
};

/** Stores a webhook that listens to `lead.created` where nothing else is said. Returns its id. */
export async function addWebhook(sql: Sql, fields: WebhookFields = {}): Promise<string> {
  const { conditions, ...rest } = fields;
  const row = {
    ...{ name: 'Test', url: 'https://receiver.test/hook', events: ['lead.created'] },
    ...rest,
    ...(conditions && { conditions: sql.json(conditions as JSONValue) }),
  };
  const [webhook] = await sql<{ id: string }[]>`insert into webhooks ${sql(row)} returning id`;
  return webhook?.id ?? '';
}

/** Queues deliveries of one made-up event, a microsecond apart, all due. Returns their ids in that order. */
export async function queueDeliveries(sql: Sql, webhookId: string, count = 1): Promise<string[]> {
  const [event] = await sql<{ id: string }[]>`
    insert into webhook_events (event_type, payload) values ('lead.created', '{"id":"1"}') returning id`;
  const rows = await sql<{ id: string }[]>`
    insert into webhook_queue (id, webhook_id, event_id, event_type, due_at)
    select webhook_uuid_v7(at), ${webhookId}, ${event?.id ?? ''}, 'lead.created', at
    from (select clock_timestamp() - interval '1 second' + n * interval '1 microsecond' as at
          from generate_series(1, ${count}::int) as n) as moment
    returning id`;
  return rows.map((row) => row.id).sort();
}

/** The data of an answer; a refusal is thrown with its SQLSTATE and message. */
export function dataOf<T = unknown>(response: { data: unknown; error: unknown }): T {
  if (response.error) throw new Error(JSON.stringify(response.error));
  return response.data as T;
}

/** Triggers an event with the rights of a client, as far as only the database knows them. */
export const emitAs = (client: SupabaseClient, event: NewEvent) =>
  emitEvent({ client, claims: undefined }, event);

type ClaimOptions = { max?: number; worker?: string; after?: string | null; maxPayload?: number };

/** One claim through the API. */
export async function claim(client: SupabaseClient, options: ClaimOptions = {}): Promise<Claim> {
  const { max = 200, worker = 'test', after = null, maxPayload = null } = options;
  return dataOf<Claim>(
    await client.rpc('claim_webhook_deliveries', {
      max_items: max,
      worker,
      after_webhook: after,
      max_payload: maxPayload,
    }),
  );
}

/** One claim through the store of the app. */
export async function claimOf(max: number, worker: string, after: string | null): Promise<Claim> {
  const answer = await exchangeDeliveries([], { maxItems: max, worker, after });
  if (!answer.claim) throw new Error('no claim was asked for');
  return answer.claim;
}

/** Claims until a whole round over the webhooks answered nothing. */
export async function claimAll(client: SupabaseClient, options: ClaimOptions = {}): Promise<ClaimedItem[]> {
  const items: ClaimedItem[] = [];
  let after: string | null = null;
  let roundStart = 0;
  for (;;) {
    if (after === null) roundStart = items.length;
    const answer = await claim(client, { ...options, after });
    items.push(...answer.batch.items);
    after = answer.cursor;
    if (after === null && items.length === roundStart) return items;
  }
}

/** A result of a claimed delivery: a success where nothing else is said. */
export function resultOf(
  item: { id: string; fence: number },
  fields: Partial<SettledResult> = {},
): SettledResult {
  return {
    id: item.id,
    fence: item.fence,
    status: 'success',
    started_at: '2026-01-15T10:30:00.000Z',
    duration_ms: 42,
    request_url: 'https://receiver.test/hook',
    request_headers: { 'content-type': 'application/json' },
    request_body: '{}',
    response_status: 200,
    response_headers: { server: 'test' },
    response_body: 'ok',
    ...fields,
  };
}

/** The fields of an attempt that failed and is tried again after `delayMs`. */
export const retryAfter = (delayMs: number): Partial<SettledResult> => ({
  status: 'retrying',
  delay_ms: delayMs,
  error_kind: 'status',
  error_message: 'The receiver answered 500.',
  response_status: 500,
  fault: 'outage',
});

/** The fields of an attempt after which the delivery is given up. */
export const givenUp = (errorKind: SettledResult['error_kind'] = 'status'): Partial<SettledResult> => ({
  ...retryAfter(0),
  status: 'failed',
  delay_ms: undefined,
  error_kind: errorKind,
});

/** Writes results through the API. Returns the ids that were written. */
export async function settle(client: SupabaseClient, results: SettledResult[]): Promise<string[]> {
  return (await settleAll(client, results)).settled;
}

/** Writes results through the API. Returns also the ids that somebody has locked. */
export async function settleAll(
  client: SupabaseClient,
  results: SettledResult[],
): Promise<{ settled: string[]; busy: string[] }> {
  return dataOf(await client.rpc('settle_webhook_deliveries', { results }));
}

/** Takes `steps` steps of the background jobs. Answers the last one's job; null when there was none to work on. */
export async function runJobs(client: SupabaseClient, steps: number): Promise<Job | null> {
  let job: Job | null = null;
  for (let step = 0; step < steps; step += 1)
    job = dataOf<Job | null>(await client.rpc('run_webhook_job_step')) ?? job;
  return job;
}

/** Works on the background jobs until none is left. Answers the last one. */
export async function finishJobs(client: SupabaseClient): Promise<Job | null> {
  for (let last: Job | null = null; ; ) {
    const job = dataOf<Job | null>(await client.rpc('run_webhook_job_step'));
    if (job === null) return last;
    last = job;
  }
}

/** An id that nothing has. */
export const unknownId = randomUUID;

/** Resolves once `count` statements of the application wait for a lock that another transaction holds. */
export async function waitForBlocked(sql: Sql, count = 1): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const [row] = await sql<{ blocked: number }[]>`
      select count(*)::int as blocked from pg_stat_activity
      where datname = current_database() and application_name ~* '^(supabase-api|postgrest|devlink-webhooks)' and wait_event_type = 'Lock'`;
    if ((row?.blocked ?? 0) >= count) return;
    if (Date.now() > deadline) throw new Error(`${row?.blocked} of ${count} statements wait`);
    await sleep(5);
  }
}
