import { z } from 'zod';
import { givenText } from './givenText';
import { inboxBehaviours } from './inboxAnswer';
import { isoTime } from './isoTime';
import { maskHeaders } from './masking';

const name = givenText('inbox_name_required').trim().min(1, 'inbox_name_required').max(80, 'text_too_long');
const behaviour = z.enum(inboxBehaviours);

/** `POST /api/playground/inboxes`. */
export const inboxInputSchema = z.strictObject({ name, behaviour: behaviour.default('ok') });
export type InboxInput = z.output<typeof inboxInputSchema>;

/** `PATCH /api/playground/inboxes/{id}`: any of the fields, at least one. */
export const inboxPatchSchema = z
  .strictObject({ name, behaviour })
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, 'nothing_to_change');
export type InboxPatch = z.output<typeof inboxPatchSchema>;

/** An inbox as stored. */
export const inboxSchema = z.object({ id: z.string(), name: z.string(), behaviour, created_at: isoTime });
export type Inbox = z.infer<typeof inboxSchema>;

/** A webhook that sends to an inbox. */
const inboxWebhookSchema = z.object({ id: z.string(), name: z.string(), status: z.string() });
export type InboxWebhook = z.infer<typeof inboxWebhookSchema>;

/** An inbox in the console: its address, and which webhooks send to it. */
export const inboxViewSchema = inboxSchema.extend({ url: z.string(), webhooks: z.array(inboxWebhookSchema) });
export type InboxView = z.infer<typeof inboxViewSchema>;

/**
 * What came of checking one signature: `unknown` when no webhook has the inbox's address, so that there is no
 * secret to check with.
 */
const signatureVerdicts = ['valid', 'invalid', 'absent', 'unknown'] as const;
const verdict = z.enum(signatureVerdicts);
export type SignatureVerdict = z.infer<typeof verdict>;

/** A request as listed, without headers and body. */
export const inboxRequestSchema = z.object({
  id: z.string(),
  method: z.string(),
  event_type: z.string().nullable(),
  delivery_id: z.string().nullable(),
  /** Which try of its delivery, from 1, as far as the inbox remembers. */
  attempt: z.number(),
  answered_status: z.number(),
  answered_after_ms: z.number(),
  seed_signature: verdict,
  standard_signature: verdict,
  webhook_id: z.string().nullable(),
  received_at: isoTime,
});
export type InboxRequest = z.infer<typeof inboxRequestSchema>;

/** A request with everything that came. Header values that would give a secret away are masked. */
export const inboxRequestDetailSchema = inboxRequestSchema.extend({
  query: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
export type InboxRequestDetail = z.infer<typeof inboxRequestDetailSchema>;

const proxyName = /^(x-forwarded-|x-vercel-|x-real-ip$|forwarded$|connection$)/;

/** The headers of a request without what proxies in between added. */
export const sentHeaders = (headers: Iterable<[string, string]>) =>
  [...headers].filter(([header]) => !proxyName.test(header));

/** The same as an inbox keeps them: the seed's signature, which holds the secret key, and credentials masked. */
export const inboxHeaders = (headers: Iterable<[string, string]>): Record<string, string> =>
  maskHeaders(sentHeaders(headers));

/** The path of an inbox's address below the origin. */
export const inboxPath = (inboxId: string) => `/api/playground/${inboxId}`;
