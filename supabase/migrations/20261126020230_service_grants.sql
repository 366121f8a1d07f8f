-- The service has what is granted to it by name, as on a project made since May 2026, where new tables and functions give nothing
-- to anybody: on one made before, it had everything.

revoke insert, update, delete, truncate, references, trigger
on public.webhook_deliveries, public.webhook_gates, public.webhook_receiver_health
from service_role;

-- Parts of verbs and chores that run as their owner; of triggers; for the SQL editor.
revoke execute on function
  public.after_crm_appointments_change, public.after_crm_files_change, public.after_crm_leads_change,
  public.after_webhook_disabled, public.after_webhook_insert, public.after_webhook_update,
  public.before_webhook_delete, public.before_webhook_update, public.keep_playground_small,
  public.bury_webhook, public.store_webhook_events, public.tell_row_events, public.webhook_changes, public.webhook_event_digest,
  public.webhook_iso_time, public.webhook_json_is_deep, public.drop_webhook_partition, public.end_orphaned_deliveries,
  public.make_webhook_partition, public.trim_webhook_default_partition, public.webhook_day_is_needed,
  public.webhook_default_partition_holds, public.webhook_partition_key, public.webhook_uuid_v7_time,
  public.grant_webhook_role, public.webhook_caller
from service_role;
