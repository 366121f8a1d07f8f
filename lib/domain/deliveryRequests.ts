import { z } from 'zod';
import { type ApiRequest, idsBody, originHeaders } from './apiRequest';
import { askedTriggerSchema, eventProblems } from './askedTrigger';
import { deliveryFilterSchema, replayRangeSchema } from './delivery';
import { eventTypeInputSchema, eventTypePatchSchema } from './eventType';
import { givenText } from './givenText';
import { journalFilterSchema } from './journal';
import { formatQuery, pageQuery } from './page';
import { deliveryPath, eventPath, eventTypePath, jobPath } from './pathParams';
import { recordRowsSchema, recordSearchSchema } from './record';
import { statsQuerySchema } from './statisticsSchema';

/** What the routes of event types, events, deliveries and jobs ask. */
export const deliveryRequests = {
  'POST /api/webhooks/trigger': {
    summary: 'Trigger an event',
    role: 'verb',
    headers: originHeaders,
    body: askedTriggerSchema,
    problems: [...eventProblems, 'secret_key_refused'],
  },
  'POST /api/webhooks/trigger/batch': {
    summary: 'Trigger up to 1,000 events; each is taken or refused by itself',
    role: 'verb',
    headers: originHeaders,
    // Each event is looked at by itself.
    body: z.strictObject({ events: z.array(z.unknown()).min(1).max(1000) }),
    problems: ['secret_key_refused'],
  },

  'GET /api/event-types': { summary: 'The registry of event types', role: 'member' },
  'POST /api/event-types': {
    summary: 'Add an event type',
    role: 'admin',
    body: eventTypeInputSchema,
    problems: ['event_type_exists'],
  },
  'GET /api/event-types/{name}': { summary: 'One event type', role: 'member', ...eventTypePath },
  'PATCH /api/event-types/{name}': {
    summary: 'Change an event type',
    role: 'admin',
    ...eventTypePath,
    body: eventTypePatchSchema,
  },
  'DELETE /api/event-types/{name}': {
    summary: 'Deprecate an event type; what listens, and what is triggered, goes on',
    role: 'admin',
    ...eventTypePath,
    problems: ['validation_failed'],
  },

  'GET /api/events': {
    summary: 'The journal: every event, newest first',
    role: 'admin',
    query: journalFilterSchema.extend({ ...pageQuery, ...formatQuery }),
    problems: ['search_too_long'],
  },
  'GET /api/events/{eventId}': {
    summary: 'An event with what became of it at each webhook',
    role: 'admin',
    ...eventPath,
  },

  'GET /api/deliveries': {
    summary: 'Deliveries, newest first',
    role: 'admin',
    query: deliveryFilterSchema.extend({ ...pageQuery, ...formatQuery }),
    problems: ['search_too_long'],
  },
  'GET /api/deliveries/stats': {
    summary: 'What happened, in periods',
    role: 'admin',
    query: statsQuerySchema.extend({ webhook_id: z.uuid().optional() }),
  },
  'POST /api/deliveries/cancel': {
    summary: 'Take deliveries out of the queue',
    role: 'admin',
    body: idsBody(500),
  },
  'POST /api/deliveries/redeliver': {
    summary: 'Send deliveries again, each under its id',
    role: 'admin',
    body: idsBody(200),
  },
  'POST /api/deliveries/replay': {
    summary: 'Send all failures of a time again, in the background; or count them',
    role: 'admin',
    body: replayRangeSchema.extend({ dry_run: z.boolean().default(false) }),
    problems: ['webhook_not_found'],
  },
  'GET /api/deliveries/{deliveryId}': {
    summary: 'A delivery with its event and every attempt',
    role: 'admin',
    ...deliveryPath,
  },
  'POST /api/deliveries/{deliveryId}/cancel': {
    summary: 'Take a delivery out of the queue',
    role: 'admin',
    ...deliveryPath,
    problems: ['delivery_in_flight', 'delivery_not_waiting'],
  },
  'POST /api/deliveries/{deliveryId}/pass-over': {
    summary: 'Go on with the record of a delivery that failed',
    role: 'admin',
    ...deliveryPath,
    problems: ['delivery_not_waited_for'],
  },
  'POST /api/deliveries/{deliveryId}/redeliver': {
    summary: 'Send a delivery again, under the same id',
    role: 'admin',
    ...deliveryPath,
    problems: ['delivery_in_flight', 'webhook_inactive', 'record_erased'],
  },

  'GET /api/records': {
    summary: 'Records whose events say these words, the latest first',
    role: 'admin',
    query: recordSearchSchema,
    problems: ['search_too_long'],
  },
  'GET /api/records/rows': {
    summary: 'The rows of a record as they are now',
    role: 'admin',
    query: recordRowsSchema,
  },
  'POST /api/records/erase': {
    summary: 'Erase what is kept of a record: some 200 events at once, what is more as a job',
    role: 'admin',
    body: z.strictObject({ record_id: givenText().trim().min(1).max(200) }),
  },

  'GET /api/jobs': {
    summary: 'Background jobs that run, and those that ended within the last hour',
    role: 'admin',
  },
  'GET /api/jobs/{jobId}': { summary: 'One background job', role: 'admin', ...jobPath },
  'POST /api/jobs/{jobId}/stop': {
    summary: 'End a background job where it is',
    role: 'admin',
    ...jobPath,
  },
  'POST /api/jobs/{jobId}/resume': {
    summary: 'Let a background job go on where it was stopped or failed',
    role: 'admin',
    ...jobPath,
  },
} as const satisfies Record<string, ApiRequest>;
