import type { PostgrestError } from '@supabase/supabase-js';
import { z } from 'zod';
import {
  type Appointment,
  type AppointmentInput,
  type AppointmentPatch,
  appointmentSchema,
  crmFileSchema,
  type FileInput,
  type Lead,
  type LeadInput,
  type LeadPatch,
  leadSchema,
  type UploadedFile,
} from '@/lib/domain/crm';
import { WebhookError } from '@/lib/domain/errors';
import { fieldErrorMessages } from '@/lib/domain/fieldErrors';
import { type Page, toPage } from '@/lib/domain/page';
import { sessionClient } from './sessionClient';
import { columnsOf } from './storeClient';
import { unwrap } from './storeError';

/*
 * Everything here runs as the person behind the request: row-level security answers to members and
 * administrators.
 */

const columns = {
  crm_leads: columnsOf('crm_leads', leadSchema),
  crm_appointments: columnsOf('crm_appointments', appointmentSchema),
  crm_files: columnsOf('crm_files', crmFileSchema),
};

type ListFilter = { cursor?: string | undefined; limit: number };

/** Newest first. */
async function listRows<T extends { id: string }>(
  table: keyof typeof columns,
  schema: z.ZodType<T>,
  { cursor, limit }: ListFilter,
): Promise<Page<T>> {
  const client = await sessionClient();
  let query = client
    .from(table)
    .select(columns[table])
    .order('id', { ascending: false })
    .limit(limit + 1);
  if (cursor) query = query.lt('id', cursor);
  return toPage(z.array(schema).parse(unwrap(await query)), limit);
}

/** Leads, newest first. */
export const listLeads = (filter: ListFilter) => listRows('crm_leads', leadSchema, filter);

/** Stores a new lead. */
export async function insertLead(input: LeadInput): Promise<Lead> {
  const client = await sessionClient();
  return leadSchema.parse(unwrap(await client.from('crm_leads').insert(input).select().single()));
}

/** @throws WebhookError `not_found` */
export async function updateLead(id: string, patch: LeadPatch): Promise<Lead> {
  const client = await sessionClient();
  const row = unwrap(await client.from('crm_leads').update(patch).eq('id', id).select().maybeSingle());
  return leadSchema.parse(found(row));
}

/** @throws WebhookError `not_found` */
export async function deleteLead(id: string): Promise<void> {
  const client = await sessionClient();
  found(unwrap(await client.from('crm_leads').delete().eq('id', id).select().maybeSingle()));
}

/** Appointments, newest first. */
export const listAppointments = (filter: ListFilter) =>
  listRows('crm_appointments', appointmentSchema, filter);

/** @throws WebhookError `not_found` */
export async function getAppointment(id: string): Promise<Appointment> {
  const client = await sessionClient();
  const row = unwrap(await client.from('crm_appointments').select().eq('id', id).maybeSingle());
  return appointmentSchema.parse(found(row));
}

/** @throws WebhookError `validation_failed` when the lead does not exist */
export async function insertAppointment(input: AppointmentInput): Promise<Appointment> {
  const client = await sessionClient();
  const response = await client.from('crm_appointments').insert(input).select().single();
  return appointmentSchema.parse(unwrap(withKnownLead(response)));
}

/** @throws WebhookError `not_found`, `validation_failed` when the lead does not exist */
export async function updateAppointment(id: string, patch: AppointmentPatch): Promise<Appointment> {
  const client = await sessionClient();
  const response = await client.from('crm_appointments').update(patch).eq('id', id).select().maybeSingle();
  return appointmentSchema.parse(found(unwrap(withKnownLead(response))));
}

/** Cancels an appointment that is still planned; null when it is cancelled already. */
export async function cancelAppointment(id: string, motif: string): Promise<Appointment | null> {
  const client = await sessionClient();
  const response = await client
    .from('crm_appointments')
    .update({ statut: 'annule', motif })
    .eq('id', id)
    .eq('statut', 'planifie')
    .select()
    .maybeSingle();
  return appointmentSchema.nullable().parse(unwrap(response));
}

/** Files without their content, newest first. */
export const listFiles = (filter: ListFilter) => listRows('crm_files', crmFileSchema, filter);

const receiptSchema = z.object({ deliveries: z.number() });
const uploadedSchema = z.object({ file: crmFileSchema, event: receiptSchema });

/**
 * Stores a file; the table's trigger emits `file.uploaded` in the same transaction. Answers how many deliveries.
 * @throws WebhookError `validation_failed` when the lead does not exist
 */
export async function insertFile(input: FileInput, content: Buffer): Promise<UploadedFile> {
  const client = await sessionClient();
  const response = await client.rpc('upload_crm_file', {
    ...input,
    content_base64: content.toString('base64'),
  });
  const { file, event } = uploadedSchema.parse(unwrap(withKnownLead(response)));
  return { file, deliveries: event.deliveries };
}

/**
 * Deletes a file; the table's trigger emits `file.deleted` in the same transaction. Answers how many deliveries.
 * @throws WebhookError `not_found`
 */
export async function deleteFile(id: string): Promise<number> {
  const client = await sessionClient();
  return receiptSchema.parse(found(unwrap(await client.rpc('delete_crm_file', { id })))).deliveries;
}

const contentSchema = z.object({ nom: z.string(), type_mime: z.string(), content_base64: z.string() });

/** @throws WebhookError `not_found` */
export async function readFile(id: string): Promise<{ nom: string; type_mime: string; content: Buffer }> {
  const client = await sessionClient();
  const row = contentSchema.parse(found(unwrap(await client.rpc('crm_file_content', { id }))));
  return { nom: row.nom, type_mime: row.type_mime, content: Buffer.from(row.content_base64, 'base64') };
}

function found<T>(row: T | null): T {
  if (row === null) throw new WebhookError('not_found');
  return row;
}

const foreignKeyViolation = '23503';

/** A reference to a lead that is gone is a field to mend, not a failed write. */
function withKnownLead<R extends { error: PostgrestError | null }>(response: R): R {
  if (response.error?.code !== foreignKeyViolation) return response;
  const code = 'lead_unknown';
  throw new WebhookError('validation_failed', {
    errors: [{ path: 'lead_id', code, message: fieldErrorMessages[code] ?? code }],
    cause: response.error,
  });
}
