import { z } from 'zod';
import { givenText } from './givenText';
import { givenTime } from './givenTime';
import { isoTime } from './isoTime';
import { leadStatuses } from './leadStatus';

/** Largest file, in bytes. */
export const maxFileBytes = 1024 * 1024;

const leadFields = {
  nom: givenText('nom_required').trim().min(1, 'nom_required').max(120, 'text_too_long'),
  prenom: givenText().trim().max(120, 'text_too_long'),
  email: z
    .string()
    .trim()
    .max(254, 'text_too_long')
    .refine((text) => text === '' || z.email().safeParse(text).success, 'email_invalid'),
  telephone: givenText().trim().max(40, 'text_too_long'),
  statut: z.enum(leadStatuses),
};

/** What the form edits and `POST /api/crm/leads` takes. Messages are codes of `fieldErrorMessages`. */
export const leadInputSchema = z.strictObject({
  nom: leadFields.nom,
  prenom: leadFields.prenom.default(''),
  email: leadFields.email.default(''),
  telephone: leadFields.telephone.default(''),
  statut: leadFields.statut.default('nouveau'),
});
export type LeadInput = z.output<typeof leadInputSchema>;

const changesSomething = (patch: object) => Object.keys(patch).length > 0;

/** `PATCH /api/crm/leads/{id}`: any of the fields, at least one. */
export const leadPatchSchema = z
  .strictObject(leadFields)
  .partial()
  .refine(changesSomething, 'nothing_to_change');
export type LeadPatch = z.output<typeof leadPatchSchema>;

/** A lead as stored. */
export const leadSchema = z.object({
  id: z.string(),
  nom: z.string(),
  prenom: z.string(),
  email: z.string(),
  telephone: z.string(),
  statut: leadFields.statut,
  created_at: isoTime,
});
export type Lead = z.infer<typeof leadSchema>;

const time = givenTime('time_required');
const appointmentFields = {
  titre: givenText('titre_required').trim().min(1, 'titre_required').max(200, 'text_too_long'),
  lead_id: z.uuid('lead_unknown').nullable(),
  debut: time,
  fin: time,
  lieu: givenText().trim().max(200, 'text_too_long'),
};

const endsAfterStart = (times: { debut: string; fin: string }) =>
  Date.parse(times.fin) > Date.parse(times.debut);

/** What the form edits and `POST /api/crm/appointments` takes. */
export const appointmentInputSchema = z
  .strictObject({
    ...appointmentFields,
    lead_id: appointmentFields.lead_id.default(null),
    lieu: appointmentFields.lieu.default(''),
  })
  .refine(endsAfterStart, { message: 'fin_before_debut', path: ['fin'] });
export type AppointmentInput = z.output<typeof appointmentInputSchema>;

/** `PATCH /api/crm/appointments/{id}`: any of the fields, at least one. */
export const appointmentPatchSchema = z
  .strictObject(appointmentFields)
  .partial()
  .refine(changesSomething, 'nothing_to_change');
export type AppointmentPatch = z.output<typeof appointmentPatchSchema>;

/** `POST /api/crm/appointments/{id}/cancel`. */
export const appointmentCancelSchema = z.strictObject({
  motif: givenText().trim().max(500, 'text_too_long').default(''),
});

/** An appointment as stored. */
export const appointmentSchema = z.object({
  id: z.string(),
  lead_id: z.string().nullable(),
  titre: z.string(),
  debut: isoTime,
  fin: isoTime,
  lieu: z.string(),
  statut: z.enum(['planifie', 'annule']),
  motif: z.string(),
  created_at: isoTime,
});
export type Appointment = z.infer<typeof appointmentSchema>;

/**
 * `changed`: false when nothing was changed, so that there is no event. `deliveries`: to how many webhooks it goes; null
 * when there is none, or when that could not be asked.
 */
export const appointmentAnswerSchema = z.object({
  appointment: appointmentSchema,
  changed: z.boolean(),
  deliveries: z.number().nullable(),
});
export type AppointmentAnswer = z.infer<typeof appointmentAnswerSchema>;

/** What comes with the bytes of `POST /api/crm/files`, in its query string. */
export const fileInputSchema = z.object({
  nom: givenText('nom_required').trim().min(1, 'nom_required').max(255, 'text_too_long'),
  type_mime: z
    .string()
    .trim()
    .max(127)
    .regex(/^[\w.+-]+\/[\w.+-]+$/)
    .catch('application/octet-stream')
    .default('application/octet-stream'),
  lead_id: z.uuid('lead_unknown').nullable().default(null),
});
export type FileInput = z.output<typeof fileInputSchema>;

/** A file as listed, without its content. `taille` in bytes. */
export const crmFileSchema = z.object({
  id: z.string(),
  lead_id: z.string().nullable(),
  nom: z.string(),
  type_mime: z.string(),
  taille: z.number(),
  created_at: isoTime,
});
export type CrmFile = z.infer<typeof crmFileSchema>;

/** A stored file, and to how many webhooks its event goes. */
export const uploadedFileSchema = z.object({ file: crmFileSchema, deliveries: z.number() });
export type UploadedFile = z.infer<typeof uploadedFileSchema>;
