import { z } from 'zod';
import { triggeredEventSchema } from './askedTrigger';
import { conditionPreviewSchema } from './conditions';
import {
  appointmentAnswerSchema,
  appointmentSchema,
  crmFileSchema,
  leadSchema,
  uploadedFileSchema,
} from './crm';
import {
  cancelledSchema,
  deliveryDetailSchema,
  deliverySchema,
  failedCountSchema,
  redeliveredSchema,
} from './delivery';
import { erasureSchema } from './erasure';
import { eventTypeSchema } from './eventType';
import { healthReportSchema } from './health';
import { jobSchema } from './job';
import { journalEventDetailSchema, journalEventSchema } from './journal';
import { pageOf } from './page';
import { inboxRequestDetailSchema, inboxRequestSchema, inboxSchema, inboxViewSchema } from './playground';
import { problemSchema } from './problemSchema';
import { backfillAnswerSchema, missingAnswerSchema, reconciliationSchema } from './reconciliation';
import { draftAnswerSchema, scriptVersionDetailSchema, scriptVersionSchema } from './script';
import { sessionSchema } from './session';
import { statisticsSchema, webhookStatisticsSchema } from './statisticsSchema';
import { transformPreviewSchema } from './transformPreview';
import { probeResultSchema, webhookSchema, webhookSecretsSchema } from './webhook';
import { webhookPageSchema } from './webhookPage';

type Answer = { status: number; body: z.ZodType | null };

const ok = <Body extends z.ZodType>(body: Body) => ({ status: 200, body });
const created = <Body extends z.ZodType>(body: Body) => ({ status: 201, body });
const accepted = <Body extends z.ZodType>(body: Body) => ({ status: 202, body });
const done = { status: 204, body: z.void() };
/** What is no JSON: a file, the text of the metrics. */
const raw = { status: 200, body: null };

/**
 * Every route of the API, and what it answers when nothing is wrong: said here once, for the handlers, for the browser, and
 * for whatever describes the API. What is wrong is answered as a `Problem`.
 */
export const apiRoutes = {
  'POST /api/auth/login': done,
  'POST /api/auth/logout': done,
  'POST /api/auth/password': done,
  'POST /api/auth/recover': done,
  'GET /api/auth/session': ok(sessionSchema),

  'GET /api/webhooks': ok(webhookPageSchema),
  'POST /api/webhooks': created(webhookSchema),
  'GET /api/webhooks/{webhookId}': ok(webhookSchema),
  'PATCH /api/webhooks/{webhookId}': ok(webhookSchema),
  'DELETE /api/webhooks/{webhookId}': done,
  'POST /api/webhooks/{webhookId}/cancel': accepted(jobSchema),
  /** 202 with the job; a dry run is answered with 200 and the count. */
  'POST /api/webhooks/{webhookId}/missing': accepted(missingAnswerSchema),
  'POST /api/webhooks/{webhookId}/backfill': accepted(backfillAnswerSchema),
  'GET /api/webhooks/{webhookId}/reconciliation': ok(reconciliationSchema),
  'GET /api/webhooks/{webhookId}/scripts': ok(pageOf(scriptVersionSchema)),
  'GET /api/webhooks/{webhookId}/scripts/{versionId}': ok(scriptVersionDetailSchema),
  'POST /api/webhooks/{webhookId}/scripts/{versionId}/restore': ok(webhookSchema),
  'GET /api/webhooks/{webhookId}/scripts/draft': ok(draftAnswerSchema),
  'PUT /api/webhooks/{webhookId}/scripts/draft': ok(draftAnswerSchema),
  'DELETE /api/webhooks/{webhookId}/scripts/draft': done,
  'POST /api/webhooks/{webhookId}/scripts/draft/publish': ok(webhookSchema),
  'GET /api/webhooks/{webhookId}/secrets': ok(webhookSecretsSchema),
  'POST /api/webhooks/{webhookId}/secrets/rotate': ok(webhookSecretsSchema),
  'GET /api/webhooks/{webhookId}/stats': ok(webhookStatisticsSchema),
  'POST /api/webhooks/{webhookId}/test': ok(deliveryDetailSchema),
  'GET /api/webhooks/names': ok(z.record(z.string(), z.string().nullable())),
  'POST /api/webhooks/conditions/preview': ok(conditionPreviewSchema),
  'POST /api/webhooks/probe': ok(probeResultSchema),
  'POST /api/webhooks/trigger': accepted(triggeredEventSchema),
  'POST /api/webhooks/trigger/batch': accepted(
    z.object({ results: z.array(z.union([triggeredEventSchema, problemSchema])) }),
  ),
  'POST /api/transforms/preview': ok(transformPreviewSchema),

  'GET /api/event-types': ok(z.object({ items: z.array(eventTypeSchema) })),
  'POST /api/event-types': created(eventTypeSchema),
  'GET /api/event-types/{name}': ok(eventTypeSchema),
  'PATCH /api/event-types/{name}': ok(eventTypeSchema),
  'DELETE /api/event-types/{name}': ok(eventTypeSchema),

  'GET /api/events': ok(pageOf(journalEventSchema)),
  'GET /api/events/{eventId}': ok(journalEventDetailSchema),

  'GET /api/deliveries': ok(pageOf(deliverySchema)),
  'GET /api/deliveries/stats': ok(statisticsSchema),
  'POST /api/deliveries/cancel': ok(cancelledSchema),
  'POST /api/deliveries/redeliver': ok(redeliveredSchema),
  /** 202 with the job; a dry run is answered with 200 and the count. */
  'POST /api/deliveries/replay': accepted(z.union([z.object({ job: jobSchema }), failedCountSchema])),
  'GET /api/deliveries/{deliveryId}': ok(deliveryDetailSchema),
  'POST /api/deliveries/{deliveryId}/cancel': ok(deliveryDetailSchema),
  'POST /api/deliveries/{deliveryId}/pass-over': ok(deliveryDetailSchema),
  'POST /api/deliveries/{deliveryId}/redeliver': accepted(deliveryDetailSchema),

  'POST /api/records/erase': ok(erasureSchema),

  'GET /api/jobs': ok(z.object({ items: z.array(jobSchema) })),
  'GET /api/jobs/{jobId}': ok(jobSchema),
  'POST /api/jobs/{jobId}/stop': ok(jobSchema),
  'POST /api/jobs/{jobId}/resume': ok(jobSchema),

  'GET /api/playground/inboxes': ok(z.object({ items: z.array(inboxViewSchema) })),
  'POST /api/playground/inboxes': created(inboxViewSchema),
  'PATCH /api/playground/inboxes/{inboxId}': ok(inboxSchema),
  'DELETE /api/playground/inboxes/{inboxId}': done,
  'GET /api/playground/inboxes/{inboxId}/requests': ok(z.object({ items: z.array(inboxRequestSchema) })),
  'DELETE /api/playground/inboxes/{inboxId}/requests': done,
  'GET /api/playground/inboxes/{inboxId}/requests/{requestId}': ok(inboxRequestDetailSchema),

  'GET /api/crm/leads': ok(pageOf(leadSchema)),
  'POST /api/crm/leads': created(leadSchema),
  'PATCH /api/crm/leads/{id}': ok(leadSchema),
  'DELETE /api/crm/leads/{id}': done,
  'GET /api/crm/appointments': ok(pageOf(appointmentSchema)),
  'POST /api/crm/appointments': created(appointmentAnswerSchema),
  'PATCH /api/crm/appointments/{id}': ok(appointmentAnswerSchema),
  'POST /api/crm/appointments/{id}/cancel': ok(appointmentAnswerSchema),
  'GET /api/crm/files': ok(pageOf(crmFileSchema)),
  'POST /api/crm/files': created(uploadedFileSchema),
  'DELETE /api/crm/files/{id}': ok(z.object({ deliveries: z.number() })),
  'GET /api/crm/files/{id}/content': raw,

  'GET /api/cron/drain-deliveries': ok(
    z.object({
      drained: z.literal(true),
      chores: z.record(z.string(), z.enum(['done', 'failed', 'unfinished'])),
    }),
  ),
  'GET /api/health': ok(healthReportSchema),
  'GET /api/metrics': raw,
} satisfies Record<string, Answer>;

/** A method and a path, as the handlers and the browser name a route. */
export type ApiRoute = keyof typeof apiRoutes;

type BodyOf<Route extends ApiRoute> = (typeof apiRoutes)[Route]['body'];

/** What a route answers as JSON: nothing for 204; `Response` for what is none. */
export type ApiAnswer<Route extends ApiRoute> =
  BodyOf<Route> extends z.ZodType ? z.output<BodyOf<Route>> : Response;
