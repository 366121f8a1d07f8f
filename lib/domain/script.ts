import { z } from 'zod';
import { isoTime } from './isoTime';

/** How many deliveries of a webhook a process runs its draft on in a minute, at most. */
export const draftRunsPerMinute = 30;

/** A script that a webhook had, or has: the newest one. */
export const scriptVersionSchema = z.object({
  id: z.string(),
  /** The account that saved it; null: the service itself, SQL, or nobody knows. */
  saved_by: z.string().nullable(),
  /** Null: it was there before versions were kept. */
  saved_at: isoTime.nullable(),
  /** Whether the caller saved it. */
  mine: z.boolean(),
});
export type ScriptVersion = z.infer<typeof scriptVersionSchema>;

/** With its text; empty: the script was taken away. */
export const scriptVersionDetailSchema = scriptVersionSchema.extend({ script: z.string() });
export type ScriptVersionDetail = z.infer<typeof scriptVersionDetailSchema>;

/** What came of a draft beside the live script. */
export type ShadowOutcome = 'same' | 'different' | 'failed';

/** One run of a draft that did not come to what was sent. */
export const shadowExampleSchema = z.object({
  id: z.string(),
  event_id: z.string(),
  event_type: z.string(),
  outcome: z.enum(['different', 'failed']),
  /**
   * What was sent, as JSON text; `null` in it: the event was passed over. Null: the live script failed, or the text is too long to
   * be kept. The same of the draft.
   */
  live: z.string().nullable(),
  draft: z.string().nullable(),
  live_error: z.string().nullable(),
  draft_error: z.string().nullable(),
  seen_at: isoTime,
});
export type ShadowExample = z.infer<typeof shadowExampleSchema>;

/** A webhook's next script, and what it has come to so far. */
export const scriptDraftSchema = z.object({
  id: z.string(),
  script: z.string(),
  saved_by: z.string().nullable(),
  saved_at: isoTime,
  mine: z.boolean(),
  same: z.number(),
  different: z.number(),
  failed: z.number(),
  last_run_at: isoTime.nullable(),
  /** The newest five of each outcome, newest first. */
  examples: z.array(shadowExampleSchema),
});
export type ScriptDraft = z.infer<typeof scriptDraftSchema>;

/** What a route about drafts answers; null: the webhook has none. */
export const draftAnswerSchema = z.object({ draft: scriptDraftSchema.nullable() });
export type DraftAnswer = z.infer<typeof draftAnswerSchema>;
