import { z } from 'zod';
import { eventNameForm, isEventName } from './eventName';

/** `/api/webhooks/{webhookId}/…` */
export const webhookPath = {
  params: z.object({ webhookId: z.uuid() }),
  notFound: 'webhook_not_found',
} as const;

/** `/api/webhooks/{webhookId}/scripts/{versionId}/…` */
export const scriptPath = {
  params: z.object({ webhookId: z.uuid(), versionId: z.uuid() }),
  notFound: 'not_found',
} as const;

/** `/api/deliveries/{deliveryId}/…` */
export const deliveryPath = {
  params: z.object({ deliveryId: z.uuid() }),
  notFound: 'delivery_not_found',
} as const;

/** `/api/events/{eventId}` */
export const eventPath = { params: z.object({ eventId: z.uuid() }), notFound: 'event_not_found' } as const;

/** `/api/jobs/{jobId}/…` */
export const jobPath = { params: z.object({ jobId: z.uuid() }), notFound: 'job_not_found' } as const;

/** `/api/event-types/{name}` */
export const eventTypePath = {
  params: z.object({ name: z.string().refine(isEventName).meta(eventNameForm) }),
  notFound: 'event_type_not_found',
} as const;

/** `/api/crm/…/{id}` */
export const crmPath = { params: z.object({ id: z.uuid() }), notFound: 'not_found' } as const;

/** `/api/playground/inboxes/{inboxId}/…` */
export const inboxPath = {
  params: z.object({ inboxId: z.uuid() }),
  notFound: 'inbox_not_found',
} as const;

/** `/api/playground/inboxes/{inboxId}/requests/{requestId}` */
export const inboxRequestPath = {
  params: z.object({ inboxId: z.uuid(), requestId: z.uuid() }),
  notFound: 'not_found',
} as const;

/** `/api/alerts/{alertId}/…` */
export const alertPath = { params: z.object({ alertId: z.uuid() }), notFound: 'alert_not_found' } as const;

/** `/api/tokens/{tokenId}` */
export const tokenPath = { params: z.object({ tokenId: z.uuid() }), notFound: 'token_not_found' } as const;
