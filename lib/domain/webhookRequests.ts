import { z } from 'zod';
import type { ApiRequest } from './apiRequest';
import { conditionPreviewInputSchema } from './conditions';
import { exportQuerySchema, importOutlineSchema, importQuerySchema } from './configuration';
import { givenText } from './givenText';
import { formatQuery, pageQuery } from './page';
import { scriptPath, webhookPath } from './pathParams';
import {
  backfillInputSchema,
  manifestQuerySchema,
  missingInputSchema,
  reconciliationQuerySchema,
} from './reconciliation';
import { statsQuerySchema } from './statisticsSchema';
import { targetUrlSchema, type UrlPolicy } from './targetUrl';
import { previewInputSchema } from './transformPreview';
import { webhookInputSchema, webhookPatchSchema } from './webhook';
import { mostNames } from './webhookNames';
import { webhookListQuerySchema } from './webhookPage';

const ifMatch = z.object({
  'If-Match': z
    .string()
    .optional()
    .describe('The ETag of what the change was made to; without it, or with `*`, any.'),
});
const draftId = z.strictObject({ id: z.uuid() });

/** What the routes of webhooks and their scripts ask. */
export const webhookRequests = {
  'GET /api/webhooks': {
    summary: 'Webhooks with their last 24 hours, header values masked',
    role: 'admin',
    query: webhookListQuerySchema.extend(pageQuery),
  },
  'POST /api/webhooks': {
    summary: 'Create a webhook',
    role: 'admin',
    body: webhookInputSchema,
    problems: ['secret_key_refused'],
  },
  'GET /api/webhooks/{webhookId}': { summary: 'One webhook', role: 'admin', ...webhookPath },
  'PATCH /api/webhooks/{webhookId}': {
    summary: 'Change any of the settings of a webhook',
    role: 'admin',
    ...webhookPath,
    headers: ifMatch,
    body: webhookPatchSchema,
    problems: ['changed_meanwhile'],
  },
  'DELETE /api/webhooks/{webhookId}': {
    summary: 'Delete a webhook; a job ends what waits, the log stays',
    role: 'admin',
    ...webhookPath,
  },
  'POST /api/webhooks/{webhookId}/cancel': {
    summary: 'Take everything that waits for a webhook out of the queue, in the background',
    role: 'admin',
    ...webhookPath,
  },
  'POST /api/webhooks/{webhookId}/missing': {
    summary: 'Send a webhook what it never had, in the background; or count it',
    role: 'admin',
    ...webhookPath,
    body: missingInputSchema,
    problems: ['webhook_inactive', 'search_too_long'],
  },
  'POST /api/webhooks/{webhookId}/backfill': {
    summary: 'Tell a webhook of the rows that were there before it, in the background; or count them',
    role: 'admin',
    ...webhookPath,
    body: backfillInputSchema,
    problems: ['source_unknown', 'not_subscribed', 'webhook_inactive'],
  },
  'GET /api/webhooks/{webhookId}/reconciliation': {
    summary: 'What happened in a time, and what a webhook had of it',
    role: 'admin',
    ...webhookPath,
    query: reconciliationQuerySchema,
    problems: ['search_too_long'],
  },
  'GET /api/webhooks/{webhookId}/manifest': {
    summary: 'What the receiver of a webhook took, with the digest of each body',
    role: 'admin',
    ...webhookPath,
    query: manifestQuerySchema.extend({ ...pageQuery, ...formatQuery }),
    problems: ['search_too_long'],
  },
  'GET /api/webhooks/{webhookId}/scripts': {
    summary: 'The versions of a script, newest first',
    role: 'admin',
    ...webhookPath,
    query: z.object(pageQuery),
  },
  'GET /api/webhooks/{webhookId}/scripts/{versionId}': {
    summary: 'One version of a script, with its text',
    role: 'admin',
    ...scriptPath,
    problems: ['webhook_not_found'],
  },
  'POST /api/webhooks/{webhookId}/scripts/{versionId}/restore': {
    summary: 'Make a version the script that is applied, as the newest one',
    role: 'admin',
    ...scriptPath,
    problems: ['webhook_not_found', 'validation_failed'],
  },
  'GET /api/webhooks/{webhookId}/scripts/draft': {
    summary: 'The draft of a script, and what it has come to beside the live one',
    role: 'admin',
    ...webhookPath,
  },
  'PUT /api/webhooks/{webhookId}/scripts/draft': {
    summary: 'Save a draft, in place of the one that was there',
    role: 'admin',
    ...webhookPath,
    body: z.strictObject({
      script: givenText('script_missing').refine((script) => script.trim() !== '', 'script_missing'),
    }),
  },
  'DELETE /api/webhooks/{webhookId}/scripts/draft': {
    summary: 'Throw a draft away',
    role: 'admin',
    ...webhookPath,
    query: z.object({ id: z.uuid() }),
    problems: ['draft_not_found'],
  },
  'POST /api/webhooks/{webhookId}/scripts/draft/publish': {
    summary: 'Make the draft that was looked at the script that is applied',
    role: 'admin',
    ...webhookPath,
    body: draftId,
    problems: ['draft_not_found'],
  },
  'GET /api/webhooks/{webhookId}/secrets': {
    summary: 'Both secrets of a webhook; who read them is kept in the audit log',
    role: 'admin',
    ...webhookPath,
  },
  'POST /api/webhooks/{webhookId}/secrets/rotate': {
    summary: 'Replace a secret of a webhook',
    role: 'admin',
    ...webhookPath,
    body: z.strictObject({ secret: z.enum(['signing_secret', 'secret_key']).default('signing_secret') }),
  },
  'GET /api/webhooks/{webhookId}/stats': {
    summary: 'What happened with a webhook, in periods, and its next retries',
    role: 'admin',
    ...webhookPath,
    query: statsQuerySchema,
  },
  'POST /api/webhooks/{webhookId}/test': {
    summary: 'Send a test, and answer the finished delivery: as long as the timeout of the webhook takes',
    role: 'admin',
    ...webhookPath,
    body: z.strictObject({ event_type: z.string().optional() }),
    problems: ['unknown_event', 'secret_key_refused'],
  },
  'GET /api/webhooks/names': {
    summary: 'Names of webhooks by id; null for one that is deleted, or never was',
    role: 'admin',
    query: z.object({
      ids: z
        .string()
        .describe(`Up to ${mostNames} ids with commas between.`)
        .transform((text) => [...new Set(text.split(','))])
        .pipe(z.array(z.uuid()).max(mostNames)),
    }),
  },
  'POST /api/webhooks/conditions/preview': {
    summary: 'Which of the last events meet these conditions',
    role: 'admin',
    body: conditionPreviewInputSchema,
  },
  'POST /api/webhooks/probe': {
    summary: 'Whether something answers at a URL; nothing is sent',
    role: 'admin',
    body: (policy: UrlPolicy) => z.strictObject({ url: targetUrlSchema(policy) }),
  },
  'GET /api/export': {
    summary: 'All webhooks as a configuration, without secrets: JSON, or YAML where that is asked for',
    role: 'admin',
    query: exportQuerySchema,
  },
  'POST /api/import': {
    summary:
      'Make the webhooks what a configuration says, at once or not at all; or answer what would change',
    role: 'admin',
    query: importQuerySchema,
    body: importOutlineSchema,
    types: ['application/json', 'application/yaml'],
    problems: ['changed_meanwhile'],
  },
  'POST /api/transforms/preview': {
    summary: 'Run a script once on a payload, a delivery or an event; nothing is sent',
    role: 'admin',
    body: previewInputSchema,
    problems: ['delivery_not_found', 'event_not_found'],
  },
} as const satisfies Record<string, ApiRequest>;
