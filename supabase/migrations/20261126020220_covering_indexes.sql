-- Deleting a lead reads its appointments and files by these.
create index crm_appointments_lead on public.crm_appointments (lead_id);
create index crm_files_lead on public.crm_files (lead_id);
