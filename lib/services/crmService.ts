import { changedFields } from '@/lib/domain/changedFields';
import {
  type Appointment,
  type AppointmentInput,
  type AppointmentPatch,
  appointmentInputSchema,
  type CrmFile,
  type FileInput,
  type Lead,
  type LeadInput,
  type LeadPatch,
} from '@/lib/domain/crm';
import { WebhookError } from '@/lib/domain/errors';
import { toFieldErrors } from '@/lib/domain/fieldErrors';
import { type Page, toPage } from '@/lib/domain/page';
import { wakeDrain } from '@/lib/engine/processDrain';
import * as store from '@/lib/store/crmStore';

type ListFilter = { cursor?: string | undefined; limit: number };

/**
 * The small CRM from which events come. Server only; acts for the person behind the current request. The
 * tables tell their changes themselves, in the transaction of the change: what is saved has its event.
 */
export const crmService = {
  /** Leads, newest first. */
  async listLeads(filter: ListFilter): Promise<Page<Lead>> {
    return toPage(await store.listLeads({ ...filter, limit: filter.limit + 1 }), filter.limit);
  },

  createLead(input: LeadInput): Promise<Lead> {
    return store.insertLead(input);
  },

  /** @throws WebhookError `not_found` */
  updateLead(id: string, patch: LeadPatch): Promise<Lead> {
    return store.updateLead(id, patch);
  },

  /** Deletes a lead; its appointments and files stay. @throws WebhookError `not_found` */
  removeLead(id: string): Promise<void> {
    return store.deleteLead(id);
  },

  /** Appointments, newest first. */
  async listAppointments(filter: ListFilter): Promise<Page<Appointment>> {
    return toPage(await store.listAppointments({ ...filter, limit: filter.limit + 1 }), filter.limit);
  },

  /** @throws WebhookError `validation_failed` when the lead does not exist */
  createAppointment(input: AppointmentInput): Promise<Appointment> {
    return store.insertAppointment(input);
  },

  /**
   * Changes an appointment and answers which fields really changed.
   * @throws WebhookError `not_found`, `validation_failed`
   */
  async updateAppointment(
    id: string,
    patch: AppointmentPatch,
  ): Promise<{ appointment: Appointment; changes: Partial<AppointmentPatch> }> {
    const before = await store.getAppointment(id);
    const { titre, lead_id, debut, fin, lieu } = { ...before, ...patch };
    const merged = appointmentInputSchema.safeParse({ titre, lead_id, debut, fin, lieu });
    if (!merged.success) throw new WebhookError('validation_failed', { errors: toFieldErrors(merged.error) });
    const changes = changedFields<AppointmentPatch>(before, patch);
    const unchanged = Object.keys(changes).length === 0;
    return { appointment: unchanged ? before : await store.updateAppointment(id, changes), changes };
  },

  /**
   * Cancels an appointment; `cancelled` is false when it was cancelled before.
   * @throws WebhookError `not_found`
   */
  async cancelAppointment(
    id: string,
    motif: string,
  ): Promise<{ appointment: Appointment; cancelled: boolean }> {
    const appointment = await store.cancelAppointment(id, motif);
    if (appointment) return { appointment, cancelled: true };
    return { appointment: await store.getAppointment(id), cancelled: false };
  },

  /** Files without their content, newest first. */
  async listFiles(filter: ListFilter): Promise<Page<CrmFile>> {
    return toPage(await store.listFiles({ ...filter, limit: filter.limit + 1 }), filter.limit);
  },

  /** Stores a file. Its event is committed with it; sending starts at once. */
  async uploadFile(input: FileInput, content: Buffer): Promise<{ file: CrmFile; deliveries: number }> {
    const uploaded = await store.insertFile(input, content);
    wakeDrain();
    return uploaded;
  },

  /** Deletes a file. Its event is committed with it; sending starts at once. @throws WebhookError `not_found` */
  async removeFile(id: string): Promise<{ deliveries: number }> {
    const deliveries = await store.deleteFile(id);
    wakeDrain();
    return { deliveries };
  },

  /** A file to download. @throws WebhookError `not_found` */
  readFile(id: string): Promise<{ nom: string; type_mime: string; content: Buffer }> {
    return store.readFile(id);
  },
};
