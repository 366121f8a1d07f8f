import { alertInputSchema, alertPatchSchema } from './alert';
import type { ApiRequest } from './apiRequest';
import { alertPath } from './pathParams';

/** What the routes of alerts ask. */
export const alertRequests = {
  'GET /api/alerts': { summary: 'Alerts, with their addresses masked', role: 'admin' },
  'POST /api/alerts': {
    summary: 'Have somebody told of webhooks in trouble',
    role: 'admin',
    body: alertInputSchema,
  },
  'GET /api/alerts/{alertId}': { summary: 'One alert', role: 'admin', ...alertPath },
  'PATCH /api/alerts/{alertId}': {
    summary: 'Change any of the settings of an alert',
    role: 'admin',
    ...alertPath,
    body: alertPatchSchema,
  },
  'DELETE /api/alerts/{alertId}': { summary: 'Delete an alert', role: 'admin', ...alertPath },
  'POST /api/alerts/{alertId}/test': {
    summary: 'Send a message that is made up, and answer the finished delivery',
    role: 'admin',
    ...alertPath,
  },
} as const satisfies Record<string, ApiRequest>;
