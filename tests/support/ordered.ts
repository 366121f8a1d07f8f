import type { Sql, TransactionSql } from 'postgres';
import type { Claim, ClaimedItem } from '@/lib/store/claimSchema';
import type { SettledResult } from '@/lib/store/queueStore';

/* The verbs of the queue in SQL, for tests that call them by the hundred and at the same moment. */

/** Triggers `lead.updated` of these records, in this order; `n` grows with each. */
export async function emitOf(sql: Sql, records: string[], type = 'lead.updated'): Promise<void> {
  const events = records.map((id) => ({ event_type: type, payload: { id } }));
  await sql`select emit_webhook_events(${JSON.stringify(events)}::text::json)`;
}

/** A claim, and what it takes in the order of its events. */
export async function claimOf(
  sql: Sql,
  worker = 'test',
  max = 200,
): Promise<{
  items: (ClaimedItem & { record: string; sequence: number; superseded_by: string | null })[];
  claim: Claim;
}> {
  const [row] = await sql<
    { claim: Claim }[]
  >`select claim_webhook_deliveries(${max}::int, ${worker}) as claim`;
  if (!row) throw new Error('no answer');
  const { batch } = row.claim;
  const items = batch.items.map((item) => ({
    ...item,
    record: JSON.parse(batch.events[item.event_id]?.payload ?? '{}').id as string,
    sequence: batch.events[item.event_id]?.sequence ?? 0,
    superseded_by: batch.apart?.[item.id]?.superseded_by ?? null,
  }));
  return { items: items.sort((a, b) => a.sequence - b.sequence), claim: row.claim };
}

/** Settles in SQL. Answers the ids that were written. */
export async function settledIn(sql: Sql | TransactionSql, results: SettledResult[]): Promise<string[]> {
  const [row] = await sql<{ answer: { settled: string[] } }[]>`
    select settle_webhook_deliveries(${JSON.stringify(results)}::text::json) as answer`;
  return row?.answer.settled ?? [];
}
