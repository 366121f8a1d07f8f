import { changedFields } from '@/lib/domain/changedFields';
import {
  type AppointmentAnswer,
  type AppointmentInput,
  type AppointmentPatch,
  appointmentInputSchema,
  type FileInput,
  type UploadedFile,
} from '@/lib/domain/crm';
import { WebhookError } from '@/lib/domain/errors';
import { toFieldErrors } from '@/lib/domain/fieldErrors';
import { wakeDrain } from '@/lib/engine/processDrain';
import * as store from '@/lib/store/crmStore';
import { deliveriesOf } from './deliveriesOf';

/**
 * The small CRM from which events come. Server only; acts for the person behind the current request. The
 * tables tell their changes themselves, in the transaction of the change: what is saved has its event.
 */
export const crmService = {
  listLeads: store.listLeads,
  createLead: store.insertLead,
  updateLead: store.updateLead,
  removeLead: store.deleteLead,
  listAppointments: store.listAppointments,
  listFiles: store.listFiles,
  readFile: store.readFile,

  /** @throws WebhookError `validation_failed` when the lead does not exist */
  async createAppointment(input: AppointmentInput): Promise<AppointmentAnswer> {
    const appointment = await store.insertAppointment(input);
    const { id, lead_id, titre, debut, fin, lieu, statut } = appointment;
    const payload = { id, lead_id, titre, debut, fin, lieu, statut };
    return { appointment, changed: true, deliveries: await deliveriesOf('appointment.created', payload) };
  },

  /** @throws WebhookError `not_found`, `validation_failed` */
  async updateAppointment(id: string, patch: AppointmentPatch): Promise<AppointmentAnswer> {
    const before = await store.getAppointment(id);
    const { titre, lead_id, debut, fin, lieu } = { ...before, ...patch };
    const merged = appointmentInputSchema.safeParse({ titre, lead_id, debut, fin, lieu });
    if (!merged.success) throw new WebhookError('validation_failed', { errors: toFieldErrors(merged.error) });
    const changes = changedFields<AppointmentPatch>(before, patch);
    if (Object.keys(changes).length === 0) return { appointment: before, changed: false, deliveries: null };
    const appointment = await store.updateAppointment(id, changes);
    return {
      appointment,
      changed: true,
      deliveries: await deliveriesOf('appointment.updated', { id, changes }),
    };
  },

  /** One that was cancelled before is left as it is. @throws WebhookError `not_found` */
  async cancelAppointment(id: string, motif: string): Promise<AppointmentAnswer> {
    const appointment = await store.cancelAppointment(id, motif);
    if (!appointment)
      return { appointment: await store.getAppointment(id), changed: false, deliveries: null };
    const payload = { id, motif: appointment.motif, annule_le: new Date().toISOString() };
    return { appointment, changed: true, deliveries: await deliveriesOf('appointment.cancelled', payload) };
  },

  /** Stores a file. Its event is committed with it; sending starts at once. */
  async uploadFile(input: FileInput, content: Buffer): Promise<UploadedFile> {
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
};
