import { z } from 'zod';
import { isoTime } from './isoTime';

/** Work that grows with a queue is done in small steps beside the sending, never in the request of a person. */
const jobKinds = ['delete', 'cancel', 'replay', 'erase', 'missing', 'backfill'] as const;

/** `failed`: it met an error that trying again did not mend; `error` says which. */
const jobStates = ['running', 'finished', 'stopped', 'failed'] as const;

/** A background job as the API and the console show it. Times are ISO 8601 in UTC. */
export const jobSchema = z.object({
  id: z.string(),
  kind: z.enum(jobKinds),
  /** Null: deliveries of all webhooks, or the events of records. */
  webhook_id: z.string().nullable(),
  /** Deliveries that it has dealt with; events, where it erases; rows, of a backfill. */
  done: z.number(),
  /** What it will have dealt with; null while nobody has counted, above 100,000, and where it erases. */
  total: z.number().nullable(),
  state: z.enum(jobStates),
  error: z.string().nullable(),
  created_at: isoTime,
  updated_at: isoTime,
  finished_at: isoTime.nullable(),
});
export type Job = z.infer<typeof jobSchema>;
