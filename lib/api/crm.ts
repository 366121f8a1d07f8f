import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import type {
  AppointmentAnswer,
  AppointmentInput,
  AppointmentPatch,
  Lead,
  LeadInput,
  LeadPatch,
  UploadedFile,
} from '@/lib/domain/crm';
import type { Page } from '@/lib/domain/page';
import { apiFetch } from './apiFetch';

/** Keys of everything cached about the CRM; invalidate one of them after a change. */
export const crmKeys = {
  leads: ['crm', 'leads'] as const,
  appointments: ['crm', 'appointments'] as const,
  files: ['crm', 'files'] as const,
};

type Request = { query: { cursor: string | null; limit: number }; signal: AbortSignal };

const listQuery = <T>(name: keyof typeof crmKeys, fetchPage: (request: Request) => Promise<Page<T>>) =>
  infiniteQueryOptions({
    queryKey: crmKeys[name] as readonly string[],
    queryFn: ({ pageParam, signal }) => fetchPage({ query: { cursor: pageParam, limit: 50 }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });

/** The query of a list of the CRM. */
export type CrmListQuery<T> = ReturnType<typeof listQuery<T>>;

/** Leads, newest first, a page at a time. */
export const leadListQuery = listQuery('leads', (request) => apiFetch('GET /api/crm/leads', request));
/** Appointments, newest first, a page at a time. */
export const appointmentListQuery = listQuery('appointments', (request) =>
  apiFetch('GET /api/crm/appointments', request),
);
/** Files, newest first, a page at a time. */
export const fileListQuery = listQuery('files', (request) => apiFetch('GET /api/crm/files', request));

/** The newest 200 leads, to choose one from. */
export const leadOptionsQuery = queryOptions({
  queryKey: [...crmKeys.leads, 'options'],
  queryFn: async ({ signal }) =>
    (await apiFetch('GET /api/crm/leads', { query: { limit: 200 }, signal })).items,
});

/** Stores a lead; `lead.created` is committed with it. */
export function createLead(input: LeadInput): Promise<Lead> {
  return apiFetch('POST /api/crm/leads', { body: input });
}

/** Changes a lead; its events are committed with the change. */
export function updateLead(id: string, patch: LeadPatch): Promise<Lead> {
  return apiFetch('PATCH /api/crm/leads/{id}', { path: { id }, body: patch });
}

/** Deletes a lead; `lead.deleted` is committed with the deletion. */
export function deleteLead(id: string): Promise<void> {
  return apiFetch('DELETE /api/crm/leads/{id}', { path: { id } });
}

/** Stores an appointment; `appointment.created` is committed with it. */
export function createAppointment(input: AppointmentInput): Promise<AppointmentAnswer> {
  return apiFetch('POST /api/crm/appointments', { body: input });
}

/** Changes an appointment; `appointment.updated` is committed with the change, if there is one. */
export function updateAppointment(id: string, patch: AppointmentPatch): Promise<AppointmentAnswer> {
  return apiFetch('PATCH /api/crm/appointments/{id}', { path: { id }, body: patch });
}

/** Cancels an appointment; `appointment.cancelled` is committed with the change. */
export function cancelAppointment(id: string, motif: string): Promise<AppointmentAnswer> {
  return apiFetch('POST /api/crm/appointments/{id}/cancel', { path: { id }, body: { motif } });
}

/** Stores a file; `file.uploaded` is committed with it. */
export function uploadFile(file: File, leadId: string | null): Promise<UploadedFile> {
  const query = { nom: file.name, type_mime: file.type, lead_id: leadId };
  return apiFetch('POST /api/crm/files', { query, body: file, patienceMs: 60_000 });
}

/** Deletes a file; `file.deleted` is committed with the deletion. */
export function deleteFile(id: string): Promise<{ deliveries: number }> {
  return apiFetch('DELETE /api/crm/files/{id}', { path: { id } });
}

/** Where a file is downloaded from. */
export const fileContentPath = (id: string) => `/api/crm/files/${id}/content`;
