import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  Appointment,
  AppointmentInput,
  AppointmentPatch,
  CrmFile,
  Lead,
  LeadInput,
  LeadPatch,
} from '@/lib/domain/crm';
import type { Page } from '@/lib/domain/page';
import { apiFetch, queryString } from './apiFetch';

/** Keys of everything cached about the CRM; invalidate one of them after a change. */
export const crmKeys = {
  leads: ['crm', 'leads'] as const,
  appointments: ['crm', 'appointments'] as const,
  files: ['crm', 'files'] as const,
};

const listQuery = <T>(name: keyof typeof crmKeys) =>
  infiniteQueryOptions({
    queryKey: crmKeys[name] as readonly string[],
    queryFn: ({ pageParam, signal }) =>
      apiFetch<Page<T>>(`/api/crm/${name}${queryString({ cursor: pageParam, limit: 50 })}`, { signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

/** The query of a list of the CRM. */
export type CrmListQuery<T> = ReturnType<typeof listQuery<T>>;

/** Leads, newest first, a page at a time. */
export const leadListQuery = listQuery<Lead>('leads');
/** Appointments, newest first, a page at a time. */
export const appointmentListQuery = listQuery<Appointment>('appointments');
/** Files, newest first, a page at a time. */
export const fileListQuery = listQuery<CrmFile>('files');

/** The newest 200 leads, to choose one from. */
export const leadOptionsQuery = queryOptions({
  queryKey: [...crmKeys.leads, 'options'],
  queryFn: async ({ signal }) =>
    (await apiFetch<Page<Lead>>(`/api/crm/leads${queryString({ limit: 200 })}`, { signal })).items,
});

/** Stores a lead; `lead.created` is committed with it. */
export function createLead(input: LeadInput): Promise<Lead> {
  return apiFetch('/api/crm/leads', { method: 'POST', body: input });
}

/** Changes a lead; its events are committed with the change. */
export function updateLead(id: string, patch: LeadPatch): Promise<Lead> {
  return apiFetch(`/api/crm/leads/${id}`, { method: 'PATCH', body: patch });
}

/** Deletes a lead; `lead.deleted` is committed with the deletion. */
export function deleteLead(id: string): Promise<void> {
  return apiFetch(`/api/crm/leads/${id}`, { method: 'DELETE' });
}

/**
 * `changed`: false when nothing was changed, so that there is no event. `deliveries`: to how many webhooks it goes; null
 * when there is none, or when that could not be asked.
 */
type AppointmentAnswer = { appointment: Appointment; changed: boolean; deliveries: number | null };

/** Stores an appointment; `appointment.created` is committed with it. */
export function createAppointment(input: AppointmentInput): Promise<AppointmentAnswer> {
  return apiFetch('/api/crm/appointments', { method: 'POST', body: input });
}

/** Changes an appointment; `appointment.updated` is committed with the change, if there is one. */
export function updateAppointment(id: string, patch: AppointmentPatch): Promise<AppointmentAnswer> {
  return apiFetch(`/api/crm/appointments/${id}`, { method: 'PATCH', body: patch });
}

/** Cancels an appointment; `appointment.cancelled` is committed with the change. */
export function cancelAppointment(id: string, motif: string): Promise<AppointmentAnswer> {
  return apiFetch(`/api/crm/appointments/${id}/cancel`, { method: 'POST', body: { motif } });
}

/** Stores a file; `file.uploaded` is committed with it. */
export function uploadFile(
  file: File,
  leadId: string | null,
): Promise<{ file: CrmFile; deliveries: number }> {
  const query = queryString({ nom: file.name, type_mime: file.type, lead_id: leadId });
  return apiFetch(`/api/crm/files${query}`, { method: 'POST', body: file, patienceMs: 60_000 });
}

/** Deletes a file; `file.deleted` is committed with the deletion. */
export function deleteFile(id: string): Promise<{ deliveries: number }> {
  return apiFetch(`/api/crm/files/${id}`, { method: 'DELETE' });
}

/** Where a file is downloaded from. */
export const fileContentPath = (id: string) => `/api/crm/files/${id}/content`;
