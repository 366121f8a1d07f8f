import { z } from 'zod';
import { givenText } from './givenText';
import { pageOf } from './page';
import { webhookListItemSchema } from './webhook';
import { webhookSorts, webhookStates } from './webhookList';

/** How many there are, of those that a list's words leave: `troubled` may be active, or switched off by the system. */
export const webhookCountsSchema = z.object({
  all: z.number(),
  troubled: z.number(),
  active: z.number(),
  inactive: z.number(),
});

export type WebhookCounts = z.infer<typeof webhookCountsSchema>;

/** A page of webhooks, with the counts of all that match its words. */
export const webhookPageSchema = pageOf(webhookListItemSchema).extend({ counts: webhookCountsSchema });
export type WebhookPage = z.infer<typeof webhookPageSchema>;

/** What the list of webhooks can be narrowed and sorted by. */
export const webhookListQuerySchema = z.object({
  /** Text in the name or the URL. */
  q: givenText().trim().max(200).optional(),
  state: z.enum(webhookStates).optional(),
  sort: z.enum(webhookSorts).default('newest'),
});
