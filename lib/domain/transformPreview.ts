import { z } from 'zod';
import { testEventType } from './eventTypes';
import { isShallow } from './payloadJson';
import { consoleLevels, transformErrorKinds } from './transform';

/** One call of `console.*` in a script, as attempts keep it and previews tell it. */
export const consoleLineSchema = z.object({ level: z.enum(consoleLevels), text: z.string() });

/** What a script did with one payload. `line` and `column` count from 1 in the person's text. */
export const transformPreviewSchema = z.object({
  ok: z.boolean(),
  /** Absent when the script failed; null when it dropped the event. */
  output: z.unknown().optional(),
  /** The script returned `null`: nothing would be sent, on purpose. */
  dropped: z.literal(true).optional(),
  error: z
    .object({
      kind: z.enum(transformErrorKinds),
      message: z.string(),
      line: z.number().optional(),
      column: z.number().optional(),
    })
    .optional(),
  console: z.array(consoleLineSchema),
  duration_ms: z.number(),
});
export type TransformPreview = z.infer<typeof transformPreviewSchema>;

/** `POST /api/transforms/preview`: the script, and one of three things to run it on. */
export const previewInputSchema = z
  .strictObject({
    script: z.string('script_missing'),
    // Parsed from JSON; a schema that follows it down would run out of stack.
    payload: z.unknown().refine(isShallow, 'payload_too_deep').optional(),
    event_type: z.string().max(64, 'text_too_long').default(testEventType),
    delivery_id: z.uuid().optional(),
    event_id: z.uuid().optional(),
  })
  .refine(
    ({ payload, delivery_id, event_id }) =>
      [payload, delivery_id, event_id].filter((source) => source !== undefined).length === 1,
    'preview_source',
  );
export type PreviewInput = z.output<typeof previewInputSchema>;
