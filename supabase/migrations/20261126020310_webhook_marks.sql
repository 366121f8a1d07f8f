-- The first claim for a webhook writes its mark. A foreign key made that claim wait for whoever held the webhook's row, and
-- with it everybody's: as in webhook_health there is none, and a trigger does what its cascade did.

alter table public.webhook_marks drop constraint webhook_marks_webhook_id_fkey;
comment on table public.webhook_marks is
  'Of each webhook the last place in its queue that was claimed: what is under way lies just before it, also when a transaction that took long brings rows which fall due earlier. Written by claim. No foreign key, as in webhook_health.';

create function public.after_webhook_delete() returns trigger
language plpgsql security definer
set search_path = ''
as $$
begin
  delete from public.webhook_marks m using gone g where m.webhook_id = g.id;
  return null;
end
$$;
comment on function public.after_webhook_delete is 'Forgets what claims kept of webhooks whose rows have gone.';
create trigger after_webhook_delete after delete on public.webhooks
  referencing old table as gone for each statement execute function public.after_webhook_delete();
revoke execute on function public.after_webhook_delete from public, anon, authenticated;
