import type { Sql } from 'postgres';

/** What fills as webhooks work; people, their roles and the CRM are not in it. */
const ofWebhooks = `webhooks, webhook_secrets, webhook_pace, webhook_marks, webhook_health, webhook_holds, webhook_troubles, webhook_alert_messages, webhook_queue,
  webhook_history, webhook_attempts, webhook_events, webhook_event_words, webhook_stats_hourly, webhook_idempotency_keys, webhook_row_events,
  webhook_stopped_records, webhook_record_states, webhook_order_notes, webhook_jobs, webhook_late_deliveries, webhook_script_versions, webhook_script_drafts, webhook_shadow_examples, webhook_audit_log, webhook_workers, webhook_tokens`;

/**
 * Empties tables, and those that refer to them, as `truncate … cascade` does. What holds nothing is left alone: a table by
 * the day has thirty files with its indexes, and to give each a new one takes longer than most tests.
 * @param tables their names, with commas between them; all that webhooks fill, where none are given
 */
export async function emptyTables(sql: Sql, tables = ofWebhooks): Promise<void> {
  const filled = await sql<{ name: string }[]>`
    with named as (select trim(name)::regclass as id from unnest(string_to_array(${tables}, ',')) as name),
      part as (
        select c.oid as id from named join pg_class c on c.oid = named.id and c.relkind = 'r'
        union all
        select p.relid from named, pg_partition_tree(named.id) as p where p.isleaf)
    select id::regclass::text as name from part where pg_relation_size(id) > 0`;
  if (filled.length > 0) await sql.unsafe(`truncate ${filled.map(({ name }) => name).join(', ')} cascade`);
}
