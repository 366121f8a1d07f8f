import { conditionSchema } from '@/lib/domain/conditions';
import { appointmentSchema, crmFileSchema, leadSchema } from '@/lib/domain/crm';
import { deliveryDetailSchema, deliverySchema } from '@/lib/domain/delivery';
import { eventTypeSchema } from '@/lib/domain/eventType';
import { issuedTokenSchema } from '@/lib/domain/issuedToken';
import { jobSchema } from '@/lib/domain/job';
import { journalEventDetailSchema, journalEventSchema } from '@/lib/domain/journal';
import { inboxRequestSchema, inboxViewSchema } from '@/lib/domain/playground';
import { problemSchema } from '@/lib/domain/problemSchema';
import { scriptDraftSchema, scriptVersionSchema } from '@/lib/domain/script';
import { statsPeriodSchema } from '@/lib/domain/statisticsSchema';
import { webhookListItemSchema, webhookSchema } from '@/lib/domain/webhook';

/** What the description of the API calls by a name. */
export const apiComponents = {
  Appointment: appointmentSchema,
  Condition: conditionSchema,
  Delivery: deliverySchema,
  DeliveryDetail: deliveryDetailSchema,
  Event: journalEventSchema,
  EventDetail: journalEventDetailSchema,
  EventType: eventTypeSchema,
  File: crmFileSchema,
  Inbox: inboxViewSchema,
  InboxRequest: inboxRequestSchema,
  IssuedToken: issuedTokenSchema,
  Job: jobSchema,
  Lead: leadSchema,
  Problem: problemSchema,
  ScriptDraft: scriptDraftSchema,
  ScriptVersion: scriptVersionSchema,
  StatsPeriod: statsPeriodSchema,
  Webhook: webhookSchema,
  WebhookListItem: webhookListItemSchema,
};

/** What the routes below `/api/<name>` are about. */
export const apiTags: Record<string, string> = {
  alerts: 'Who is told of webhooks in trouble, and how.',
  auth: 'Signing in and out, for the console.',
  crm: 'The small CRM of the console: its rows tell their events.',
  cron: 'What a scheduler calls.',
  deliveries: 'One event for one webhook, under one id for ever.',
  'event-types': 'The registry of what can happen.',
  events: 'The journal of what happened.',
  export: 'All webhooks as a configuration.',
  health: 'For whoever watches over the service.',
  import: 'Webhooks made what a configuration says.',
  jobs: 'Work that grows with a queue, in the background.',
  metrics: 'For Prometheus.',
  'openapi.json': 'This description.',
  playground: 'Inboxes that take what webhooks send.',
  receivers: 'What is sent to receivers, by event type.',
  records: 'What is kept of a record.',
  tokens: 'What programs call with.',
  transforms: 'Scripts that make another body.',
  webhooks: 'Subscriptions: a URL and what it listens to; and triggering.',
};
