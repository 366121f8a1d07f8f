import { z } from 'zod';
import { isEventName } from './eventName';
import { givenText } from './givenText';
import { givenTime } from './givenTime';
import { isoTime } from './isoTime';
import { jobSchema } from './job';

/** Of the events of one type, what a webhook had. The six figures below `happened` add up to it. */
const reconciledTypeSchema = z.object({
  event_type: z.string(),
  happened: z.number(),
  delivered: z.number(),
  /** In the queue: not tried yet, being sent, or to be tried again. */
  waiting: z.number(),
  failed: z.number(),
  skipped: z.number(),
  /** No delivery, and the webhook as it is now does not ask for it: it does not listen to the type, has a condition, or the event was erased. */
  not_matched: z.number(),
  /** No delivery, though the webhook as it is now asks for it. */
  never_had: z.number(),
});

/** What happened and what a webhook had of it. Tests and backfills are left out. Times are ISO 8601 in UTC. */
export const reconciliationSchema = z.object({
  /** The asked one, or that of the oldest event that is kept, where it is later. */
  since: isoTime,
  until: isoTime,
  types: z.array(reconciledTypeSchema),
  /** The attached tables whose new rows the webhook listens to. */
  tables: z.array(
    z.object({
      table: z.string(),
      event_type: z.string(),
      /** Rows without such an event in that time; null where that cannot be told: above 100,000 rows or events. */
      untold: z.number().nullable(),
    }),
  ),
});
export type Reconciliation = z.infer<typeof reconciliationSchema>;

/** `?from=&to=` */
export const reconciliationQuerySchema = z.object({ from: givenTime(), to: givenTime().optional() });

/** What a receiver took, for it to check itself. */
export const manifestItemSchema = z.object({
  /** Of the delivery: `X-Webhook-Delivery-Id`. */
  id: z.string(),
  event_id: z.string(),
  event_type: z.string(),
  record_id: z.string().nullable(),
  /** `X-Webhook-Sequence` */
  sequence: z.number().nullable(),
  delivered_at: isoTime,
  /** Of the body that was sent, in hexadecimal; null: it was erased, or is not kept any more. */
  sha256: z.string().nullable(),
});
export type ManifestItem = z.infer<typeof manifestItemSchema>;

/** `?from=&to=` of the manifest, which begins with what is kept and goes to the present where they are left out. */
export const manifestQuerySchema = z.object({ from: givenTime().optional(), to: givenTime().optional() });
export type ManifestRange = z.infer<typeof manifestQuerySchema>;

/** What a webhook never had is sent to it. `until` is exclusive, and the present at the latest. */
export const missingInputSchema = z.strictObject({
  since: givenTime(),
  until: givenTime().optional(),
  types: z.array(z.string().refine(isEventName, 'unknown_event')).min(1).max(200).optional(),
  dry_run: z.boolean().default(false),
});
export type MissingRange = Omit<z.infer<typeof missingInputSchema>, 'dry_run'>;

/** A webhook is told of the rows that were there before it. `kind`: what the attached table calls its rows, such as `lead`. */
export const backfillInputSchema = z.strictObject({
  kind: givenText().min(1).max(100),
  dry_run: z.boolean().default(false),
});
/** `count`: rows of the table, up to 100,000; `capped`: there are more. */
export const backfillCountSchema = z.object({ count: z.number(), capped: z.boolean() });
export type BackfillCount = z.infer<typeof backfillCountSchema>;
export const backfillAnswerSchema = z.union([z.object({ job: jobSchema }), backfillCountSchema]);

export const missingAnswerSchema = z.union([z.object({ job: jobSchema }), z.object({ count: z.number() })]);
