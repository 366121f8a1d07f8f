import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from 'postgres';
import type { Product } from '../product.ts';
import type { Behaviour } from '../receiverProcess.ts';

/** Adds webhooks for a trouble, each with a receiver of its name. Returns their ids. */
export async function addWebhooks(
  { sql, receivers }: Product,
  names: string[],
  behaviour: Behaviour,
  fields: Record<string, unknown>,
): Promise<string[]> {
  for (const name of names) await receivers.behave(name, behaviour);
  const rows = names.map((name) => ({ name, url: `${receivers.url}/${name}`, retry_delay: 1, ...fields }));
  const inserted = await sql<{ id: string }[]>`insert into webhooks ${sql(rows)} returning id`;
  return inserted.map(({ id }) => id);
}

export const named = (name: string, count: number) => Array.from({ length: count }, (_, n) => `${name}-${n}`);

/** Commits so many events of a type at once; each has its number in `n`. */
export async function emitMany(sql: Sql, eventType: string, count: number): Promise<void> {
  await sql`
    select emit_webhook_events((select json_agg(json_build_object(
      'event_type', ${eventType}::text, 'payload', json_build_object('key', 'n-' || n, 'n', n, 'nom', 'Dupont')))
      from generate_series(1, ${count}::int) as n))`;
}

export type Outcome = { status: string; error_kind: string | null; deliveries: number };

/** What has become of the deliveries of webhooks, queued ones as `waiting`. */
export async function outcomes(sql: Sql, webhookIds: string[]): Promise<Outcome[]> {
  return sql<Outcome[]>`
    select status, error_kind, count(*)::int as deliveries from (
      select status, last_error_kind as error_kind from webhook_history where webhook_id = any (${webhookIds})
      union all
      select 'waiting', null from webhook_queue where webhook_id = any (${webhookIds})) as delivery
    group by 1, 2 order by 3 desc`;
}

export const outcomeText = (found: Outcome[]) =>
  found
    .map(
      ({ status, error_kind, deliveries }) => `${deliveries} ${status}${error_kind ? ` ${error_kind}` : ''}`,
    )
    .join(', ');

/** What deliveries came to that should all have come to one end; empty when they did. Waits for it. */
export async function unlessAll(
  sql: Sql,
  webhookIds: string[],
  {
    status,
    kind = null,
    count,
    withinMs,
  }: { status: string; kind?: string | null; count: number; withinMs: number },
): Promise<string[]> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await outcomes(sql, webhookIds);
    const [only] = found;
    const isRight = only?.status === status && (kind === null || only.error_kind === kind);
    if (found.length === 1 && isRight && only.deliveries === count) return [];
    if (Date.now() > deadline) return [outcomeText(found) || 'nothing'];
    await sleep(100);
  }
}

/** Resolves with true once the condition holds, with false when it does not in time. */
export async function until(condition: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (!(await condition())) {
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
  return true;
}
