import { z } from 'zod';
import { jobSchema } from './job';

/** What was erased of a record at once; zeros where nothing was kept of it. */
export const erasureSchema = z.object({
  events: z.number(),
  deliveries: z.number(),
  /** Of the deliveries: those that waited, or were being sent, and will not go out. */
  ended: z.number(),
  attempts: z.number(),
  /** Requests in inboxes of the playground. */
  requests: z.number(),
  /** What erases the rest, where there is more than a request has time for. */
  job: jobSchema.nullable(),
});
export type Erasure = z.infer<typeof erasureSchema>;
