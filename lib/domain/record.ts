import { z } from 'zod';
import { givenText } from './givenText';
import { isoTime } from './isoTime';

/** A record that something happened to. */
export const foundRecordSchema = z.object({
  /** What its event types are called by: `lead` of `lead.created`. */
  kind: z.string(),
  record_id: z.string(),
  record_label: z.string(),
  /** When something happened to it last, ISO 8601 in UTC. */
  occurred_at: isoTime,
});
export type FoundRecord = z.infer<typeof foundRecordSchema>;

/** A row of an attached table, as it is now and as whoever asks may read it. */
export const recordRowSchema = z.object({
  kind: z.string(),
  table: z.string(),
  /** What people call it; null where its columns do not say. */
  label: z.string().nullable(),
  /** By its columns, without those that never go out. */
  values: z.record(z.string(), z.unknown()),
});
export type RecordRow = z.infer<typeof recordRowSchema>;

const recordId = givenText().trim().min(1).max(200);

/** `GET /api/records` */
export const recordSearchSchema = z.object({ q: givenText().trim().min(1).max(200) });
/** `GET /api/records/rows` */
export const recordRowsSchema = z.object({ record_id: recordId });
