import { z } from 'zod';
import { type ApiRequest, originHeaders } from './apiRequest';
import {
  appointmentCancelSchema,
  appointmentInputSchema,
  appointmentPatchSchema,
  fileInputSchema,
  leadInputSchema,
  leadPatchSchema,
} from './crm';
import { tokenInputSchema } from './issuedToken';
import { listenedQuerySchema, listenerInputSchema } from './listener';
import { pageQuery } from './page';
import { crmPath, inboxPath, inboxRequestPath, tokenPath } from './pathParams';
import { inboxInputSchema, inboxPatchSchema } from './playground';
import { loginSchema, passwordSchema, recoverSchema } from './signIn';

const authServer = ['too_many_requests', 'sign_in_misconfigured', 'project_restricted'] as const;
const signingIn = [...authServer, 'email_not_confirmed', 'user_banned'] as const;

/** What the routes ask that the console itself, its CRM and its operator have use for. */
export const consoleRequests = {
  'POST /api/auth/login': {
    summary: 'Sign in: sets the session cookie',
    role: 'anyone',
    body: loginSchema,
    problems: [...signingIn, 'invalid_credentials'],
  },
  'POST /api/auth/logout': { summary: 'Sign out: ends the session cookie', role: 'anyone' },
  'POST /api/auth/password': {
    summary: 'Choose a password, with what a mailed link holds',
    role: 'anyone',
    body: passwordSchema,
    problems: [...signingIn, 'link_over', 'password_refused'],
  },
  'POST /api/auth/recover': {
    summary: 'Mail a link to where a password is chosen; 204 whether there is such an account or not',
    role: 'anyone',
    body: recoverSchema,
    problems: signingIn,
  },
  'GET /api/auth/session': { summary: 'Who is signed in', role: 'member' },

  'GET /api/tokens': { summary: 'API tokens, without what opens', role: 'admin' },
  'POST /api/tokens': {
    summary: 'Make an API token: the only answer that holds it',
    role: 'admin',
    body: tokenInputSchema,
    problems: ['too_many_tokens'],
  },
  'DELETE /api/tokens/{tokenId}': { summary: 'Revoke an API token for good', role: 'admin', ...tokenPath },

  'GET /api/playground/inboxes': {
    summary: 'Inboxes with their addresses, and the webhooks that send there',
    role: 'admin',
  },
  'POST /api/playground/inboxes': { summary: 'Make an inbox', role: 'admin', body: inboxInputSchema },
  'POST /api/playground/listeners': {
    summary:
      'Listen for a while: an inbox and a webhook that end with it; the only answer that holds its secrets',
    role: 'admin',
    body: listenerInputSchema,
  },
  'GET /api/playground/listeners/{inboxId}/requests': {
    summary: 'What a listener got since a request, as it came',
    role: 'admin',
    ...inboxPath,
    query: listenedQuerySchema,
  },
  'PATCH /api/playground/inboxes/{inboxId}': {
    summary: 'Change how an inbox answers, or its name',
    role: 'admin',
    ...inboxPath,
    body: inboxPatchSchema,
  },
  'DELETE /api/playground/inboxes/{inboxId}': { summary: 'Remove an inbox', role: 'admin', ...inboxPath },
  'GET /api/playground/inboxes/{inboxId}/requests': {
    summary: 'What arrived in an inbox: the last 100, for 24 hours',
    role: 'admin',
    ...inboxPath,
  },
  'DELETE /api/playground/inboxes/{inboxId}/requests': {
    summary: 'Forget what arrived in an inbox',
    role: 'admin',
    ...inboxPath,
  },
  'GET /api/playground/inboxes/{inboxId}/requests/{requestId}': {
    summary: 'A request with headers, secrets masked, and body',
    role: 'admin',
    ...inboxRequestPath,
    problems: ['inbox_not_found'],
  },

  'GET /api/crm/leads': { summary: 'Leads', role: 'member', query: z.object(pageQuery) },
  'POST /api/crm/leads': {
    summary: 'Create a lead',
    role: 'member',
    headers: originHeaders,
    body: leadInputSchema,
  },
  'PATCH /api/crm/leads/{id}': {
    summary: 'Change a lead',
    role: 'member',
    ...crmPath,
    headers: originHeaders,
    body: leadPatchSchema,
  },
  'DELETE /api/crm/leads/{id}': {
    summary: 'Delete a lead',
    role: 'member',
    ...crmPath,
    headers: originHeaders,
  },
  'GET /api/crm/appointments': { summary: 'Appointments', role: 'member', query: z.object(pageQuery) },
  'POST /api/crm/appointments': {
    summary: 'Create an appointment',
    role: 'member',
    headers: originHeaders,
    body: appointmentInputSchema,
  },
  'PATCH /api/crm/appointments/{id}': {
    summary: 'Change an appointment',
    role: 'member',
    ...crmPath,
    headers: originHeaders,
    body: appointmentPatchSchema,
  },
  'POST /api/crm/appointments/{id}/cancel': {
    summary: 'Cancel an appointment',
    role: 'member',
    ...crmPath,
    headers: originHeaders,
    body: appointmentCancelSchema,
  },
  'GET /api/crm/files': {
    summary: 'Files, without their content',
    role: 'member',
    query: z.object(pageQuery),
  },
  'POST /api/crm/files': {
    summary: 'Upload a file of up to 1 MiB: the body is the file itself',
    role: 'member',
    headers: originHeaders,
    query: fileInputSchema,
    bytes: true,
  },
  'DELETE /api/crm/files/{id}': {
    summary: 'Delete a file',
    role: 'member',
    ...crmPath,
    headers: originHeaders,
  },
  'GET /api/crm/files/{id}/content': {
    summary: 'The file itself, as a download',
    role: 'member',
    ...crmPath,
  },

  'GET /api/cron/drain-deliveries': {
    summary: 'Send what is due for so many seconds; safe to call at any time',
    role: 'cron',
    query: z.object({ budget: z.coerce.number().int().min(0).max(240).default(55) }),
    problems: ['schema_mismatch'],
  },
  'GET /api/health': { summary: 'Whether deliveries are being sent; 503 unless `ok`', role: 'anyone' },
  'GET /api/metrics': { summary: 'Metrics in the text format of Prometheus', role: 'metrics' },
  'GET /api/openapi.json': { summary: 'This description of the API (OpenAPI 3.1)', role: 'member' },
} as const satisfies Record<string, ApiRequest>;
