import { z } from 'zod';
import { errorCodes, type Problem } from './errors';

const codes = Object.keys(errorCodes) as (keyof typeof errorCodes)[];

/** What is wrong with one field. */
export const fieldErrorSchema = z.object({
  path: z.string(),
  code: z.string(),
  message: z.string(),
  line: z.number().optional(),
  column: z.number().optional(),
});

/** The body of every error answer; apart from its type, which the browser has use for without zod. */
export const problemSchema: z.ZodType<Problem> = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.enum(codes),
  detail: z.string(),
  errors: z.array(fieldErrorSchema).optional(),
  current: z.unknown().optional(),
  retry_after: z.number().optional(),
});
