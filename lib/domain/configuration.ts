import { z } from 'zod';
import { slugSchema, webhookSchema } from './webhook';

/** Most webhooks of one file. */
const mostWebhooks = 500;

/** A webhook's settings as a configuration has them; header values are masked. */
export const settingsSchema = webhookSchema.omit({
  id: true,
  disabled_reason: true,
  created_at: true,
  updated_at: true,
  version: true,
  health: true,
});

/** `GET /api/export`: all webhooks, by slug. */
export const configurationSchema = z.object({ version: z.literal(1), webhooks: z.array(settingsSchema) });
export type Configuration = z.infer<typeof configurationSchema>;

/** The body of `POST /api/import` as far as it can be told before each webhook is looked up. */
export const importOutlineSchema = z.strictObject({
  version: z.literal(1, 'configuration_version'),
  webhooks: z.array(z.looseObject({ slug: slugSchema })).max(mostWebhooks, 'configuration_too_many'),
});
export type ImportOutline = z.output<typeof importOutlineSchema>;

export const exportQuerySchema = z.object({
  format: z.enum(['json', 'yaml']).optional().describe('Where it is not given, `Accept` says.'),
});
/** `?dry_run=1`: answers what would change, and changes nothing. */
export const importQuerySchema = z.object({ dry_run: z.enum(['0', '1']).default('0') });

/** What an import makes of one webhook of the file. Header values are masked. */
const webhookChangeSchema = z.object({
  slug: z.string(),
  action: z.enum(['created', 'changed', 'unchanged']),
  /** By setting; `headers.<name>` for each header. `before` is null where it was not there. */
  changes: z.record(z.string(), z.object({ before: z.unknown(), after: z.unknown() })),
});
export type WebhookChange = z.infer<typeof webhookChangeSchema>;

/** In the order of the file. Webhooks that are not in it stay as they are. */
export const importAnswerSchema = z.object({ dry_run: z.boolean(), webhooks: z.array(webhookChangeSchema) });
export type ImportAnswer = z.infer<typeof importAnswerSchema>;
