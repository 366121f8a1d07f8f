import { z } from 'zod';
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
