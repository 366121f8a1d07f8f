import { z } from 'zod';
import { alertSchema } from './alert';
import { triggeredEventSchema } from './askedTrigger';
import { conditionPreviewSchema } from './conditions';
import { configurationSchema, importAnswerSchema } from './configuration';
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
import { issuedTokenSchema, madeTokenSchema, type TokenScope } from './issuedToken';
import { jobSchema } from './job';
import { journalEventDetailSchema, journalEventSchema } from './journal';
import { listenedRequestSchema, listenerSchema } from './listener';
import { pageOf } from './page';
import { inboxRequestDetailSchema, inboxRequestSchema, inboxSchema, inboxViewSchema } from './playground';
import { problemSchema } from './problemSchema';
import {
  backfillAnswerSchema,
  manifestItemSchema,
  missingAnswerSchema,
  reconciliationSchema,
} from './reconciliation';
import { foundRecordSchema, recordRowSchema } from './record';
import { draftAnswerSchema, scriptVersionDetailSchema, scriptVersionSchema } from './script';
import { sessionSchema } from './session';
import { statisticsSchema, webhookStatisticsSchema } from './statisticsSchema';
import { transformPreviewSchema } from './transformPreview';
import { probeResultSchema, webhookSchema, webhookSecretsSchema } from './webhook';
import { webhookPageSchema } from './webhookPage';

/** Which machine tokens open a route; `people`: none does. */
type OpensTo = TokenScope | 'people';
type Answer = {
  opensTo: OpensTo;
  status: number;
  /** Another status, with which the same is answered. */
  or?: number;
  /** Null: no JSON, but this type. */
  body: z.ZodType | null;
  type?: string;
};

const ok = <Body extends z.ZodType>(opensTo: OpensTo, body: Body) => ({ opensTo, status: 200, body });
const created = <Body extends z.ZodType>(opensTo: OpensTo, body: Body) => ({ opensTo, status: 201, body });
const accepted = <Body extends z.ZodType>(opensTo: OpensTo, body: Body) => ({ opensTo, status: 202, body });
const done = (opensTo: OpensTo) => ({ opensTo, status: 204, body: z.void() });
/** What is no JSON: a file, the text of the metrics. */
const raw = (opensTo: OpensTo, type: string) => ({ opensTo, status: 200, body: null, type });
/** 202 with the job; a dry run is answered with 200 and the count. */
const begun = <Body extends z.ZodType>(body: Body) => ({ ...accepted('manage', body), or: 200 });

/**
 * Every route of the API, which machine tokens open it, and what it answers when nothing is wrong: said here once, for the
 * handlers, for the browser, and for whatever describes the API. What is wrong is answered as a `Problem`. Secrets, tokens
 * and sessions are for people; routes that somebody else's secret opens, or nobody's, are no matter of tokens.
 */
export const apiRoutes = {
  'POST /api/auth/login': done('people'),
  'POST /api/auth/logout': done('people'),
  'POST /api/auth/password': done('people'),
  'POST /api/auth/recover': done('people'),
  'GET /api/auth/session': ok('people', sessionSchema),

  'GET /api/webhooks': ok('read', webhookPageSchema),
  'POST /api/webhooks': created('manage', webhookSchema),
  'GET /api/webhooks/{webhookId}': ok('read', webhookSchema),
  'PATCH /api/webhooks/{webhookId}': ok('manage', webhookSchema),
  'DELETE /api/webhooks/{webhookId}': done('manage'),
  'POST /api/webhooks/{webhookId}/cancel': accepted('manage', jobSchema),
  'POST /api/webhooks/{webhookId}/missing': begun(missingAnswerSchema),
  'POST /api/webhooks/{webhookId}/backfill': begun(backfillAnswerSchema),
  'GET /api/webhooks/{webhookId}/reconciliation': ok('read', reconciliationSchema),
  'GET /api/webhooks/{webhookId}/manifest': ok('read', pageOf(manifestItemSchema)),
  'GET /api/webhooks/{webhookId}/scripts': ok('read', pageOf(scriptVersionSchema)),
  'GET /api/webhooks/{webhookId}/scripts/{versionId}': ok('read', scriptVersionDetailSchema),
  'POST /api/webhooks/{webhookId}/scripts/{versionId}/restore': ok('manage', webhookSchema),
  'GET /api/webhooks/{webhookId}/scripts/draft': ok('read', draftAnswerSchema),
  'PUT /api/webhooks/{webhookId}/scripts/draft': ok('manage', draftAnswerSchema),
  'DELETE /api/webhooks/{webhookId}/scripts/draft': done('manage'),
  'POST /api/webhooks/{webhookId}/scripts/draft/publish': ok('manage', webhookSchema),
  'GET /api/webhooks/{webhookId}/secrets': ok('people', webhookSecretsSchema),
  'POST /api/webhooks/{webhookId}/secrets/rotate': ok('people', webhookSecretsSchema),
  'GET /api/webhooks/{webhookId}/stats': ok('read', webhookStatisticsSchema),
  'POST /api/webhooks/{webhookId}/test': ok('manage', deliveryDetailSchema),
  'GET /api/webhooks/names': ok('read', z.record(z.string(), z.string().nullable())),
  'POST /api/webhooks/conditions/preview': ok('read', conditionPreviewSchema),
  'POST /api/webhooks/probe': ok('manage', probeResultSchema),
  'POST /api/webhooks/trigger': accepted('trigger', triggeredEventSchema),
  'POST /api/webhooks/trigger/batch': accepted(
    'trigger',
    z.object({ results: z.array(z.union([triggeredEventSchema, problemSchema])) }),
  ),
  'POST /api/transforms/preview': ok('manage', transformPreviewSchema),

  /** JSON, or YAML where that is asked for. */
  'GET /api/export': ok('read', configurationSchema),
  'POST /api/import': ok('manage', importAnswerSchema),

  'GET /api/event-types': ok('read', z.object({ items: z.array(eventTypeSchema) })),
  'POST /api/event-types': created('manage', eventTypeSchema),
  'GET /api/event-types/{name}': ok('read', eventTypeSchema),
  'PATCH /api/event-types/{name}': ok('manage', eventTypeSchema),
  'DELETE /api/event-types/{name}': ok('manage', eventTypeSchema),

  'GET /api/events': ok('read', pageOf(journalEventSchema)),
  'GET /api/events/{eventId}': ok('read', journalEventDetailSchema),

  'GET /api/deliveries': ok('read', pageOf(deliverySchema)),
  'GET /api/deliveries/stats': ok('read', statisticsSchema),
  'POST /api/deliveries/cancel': ok('manage', cancelledSchema),
  'POST /api/deliveries/redeliver': ok('manage', redeliveredSchema),
  'POST /api/deliveries/replay': begun(z.union([z.object({ job: jobSchema }), failedCountSchema])),
  'GET /api/deliveries/{deliveryId}': ok('read', deliveryDetailSchema),
  'POST /api/deliveries/{deliveryId}/cancel': ok('manage', deliveryDetailSchema),
  'POST /api/deliveries/{deliveryId}/pass-over': ok('manage', deliveryDetailSchema),
  'POST /api/deliveries/{deliveryId}/redeliver': accepted('manage', deliveryDetailSchema),

  'GET /api/records': ok('read', z.object({ items: z.array(foundRecordSchema) })),
  'GET /api/records/rows': ok('read', z.object({ items: z.array(recordRowSchema) })),
  'POST /api/records/erase': ok('manage', erasureSchema),

  'GET /api/jobs': ok('read', z.object({ items: z.array(jobSchema) })),
  'GET /api/jobs/{jobId}': ok('read', jobSchema),
  'POST /api/jobs/{jobId}/stop': ok('manage', jobSchema),
  'POST /api/jobs/{jobId}/resume': ok('manage', jobSchema),

  'GET /api/playground/inboxes': ok('read', z.object({ items: z.array(inboxViewSchema) })),
  'POST /api/playground/inboxes': created('manage', inboxViewSchema),
  'PATCH /api/playground/inboxes/{inboxId}': ok('manage', inboxSchema),
  'DELETE /api/playground/inboxes/{inboxId}': done('manage'),
  'GET /api/playground/inboxes/{inboxId}/requests': ok(
    'read',
    z.object({ items: z.array(inboxRequestSchema) }),
  ),
  'DELETE /api/playground/inboxes/{inboxId}/requests': done('manage'),
  'GET /api/playground/inboxes/{inboxId}/requests/{requestId}': ok('read', inboxRequestDetailSchema),

  'POST /api/playground/listeners': created('manage', listenerSchema),
  'GET /api/playground/listeners/{inboxId}/requests': ok(
    'manage',
    z.object({ items: z.array(listenedRequestSchema) }),
  ),

  'GET /api/crm/leads': ok('read', pageOf(leadSchema)),
  'POST /api/crm/leads': created('manage', leadSchema),
  'PATCH /api/crm/leads/{id}': ok('manage', leadSchema),
  'DELETE /api/crm/leads/{id}': done('manage'),
  'GET /api/crm/appointments': ok('read', pageOf(appointmentSchema)),
  'POST /api/crm/appointments': created('manage', appointmentAnswerSchema),
  'PATCH /api/crm/appointments/{id}': ok('manage', appointmentAnswerSchema),
  'POST /api/crm/appointments/{id}/cancel': ok('manage', appointmentAnswerSchema),
  'GET /api/crm/files': ok('read', pageOf(crmFileSchema)),
  'POST /api/crm/files': created('manage', uploadedFileSchema),
  'DELETE /api/crm/files/{id}': ok('manage', z.object({ deliveries: z.number() })),
  'GET /api/crm/files/{id}/content': raw('read', '*/*'),

  'GET /api/alerts': ok('read', z.object({ items: z.array(alertSchema) })),
  'POST /api/alerts': created('manage', alertSchema),
  'GET /api/alerts/{alertId}': ok('read', alertSchema),
  'PATCH /api/alerts/{alertId}': ok('manage', alertSchema),
  'DELETE /api/alerts/{alertId}': done('manage'),
  'POST /api/alerts/{alertId}/test': ok('manage', deliveryDetailSchema),

  'GET /api/tokens': ok('people', z.object({ items: z.array(issuedTokenSchema) })),
  'POST /api/tokens': created('people', madeTokenSchema),
  'DELETE /api/tokens/{tokenId}': done('people'),

  'GET /api/cron/drain-deliveries': ok(
    'people',
    z.object({
      drained: z.literal(true),
      chores: z.record(z.string(), z.enum(['done', 'failed', 'unfinished'])),
    }),
  ),
  'GET /api/health': { ...ok('people', healthReportSchema), or: 503 },
  'GET /api/metrics': raw('people', 'text/plain'),
  'GET /api/openapi.json': ok('read', z.record(z.string(), z.unknown())),
} satisfies Record<string, Answer>;

/** A method and a path, as the handlers and the browser name a route. */
export type ApiRoute = keyof typeof apiRoutes;

type BodyOf<Route extends ApiRoute> = (typeof apiRoutes)[Route]['body'];

/** What a route answers as JSON: nothing for 204; `Response` for what is none. */
export type ApiAnswer<Route extends ApiRoute> =
  BodyOf<Route> extends z.ZodType ? z.output<BodyOf<Route>> : Response;
