import type { ApiRequest, Role } from './apiRequest';
import { apiRequests } from './apiRequests';
import { type ApiRoute, apiRoutes } from './apiRoutes';
import type { ErrorCode } from './errors';

const anywhere: ErrorCode[] = ['internal', 'database_unavailable', 'timeout'];

const tokenFaults: ErrorCode[] = [
  'token_incomplete',
  'token_mistyped',
  'token_unknown',
  'token_expired',
  'token_revoked',
];
const ofPeople: ErrorCode[] = [
  ...(['not_signed_in', 'session_unchecked', 'forbidden', 'too_many_requests'] as const),
  ...tokenFaults,
  'secret_key_refused', // what a token asks the service does
];
const ofRole = {
  admin: ofPeople,
  member: ofPeople,
  verb: ofPeople,
  cron: ['wrong_cron_secret'],
  metrics: ['wrong_metrics_token', 'not_found'],
  anyone: [],
} as const satisfies Record<Role, readonly ErrorCode[]>;

const ofBody: ErrorCode[] = ['invalid_json', 'unsupported_media_type', 'validation_failed'];

/** What a route can answer where something is wrong: each code has its status. */
export function problemsOf(route: ApiRoute): ErrorCode[] {
  const { role, notFound, query, body, bytes, problems = [] } = widened(route);
  const codes: ErrorCode[] = [...anywhere, ...ofRole[role], ...problems];
  if (ofRole[role] === ofPeople)
    codes.push(apiRoutes[route].opensTo === 'people' ? 'people_only' : 'scope_exceeded');
  if (!route.startsWith('GET ')) codes.push('cross_site_request');
  if (notFound) codes.push(notFound);
  if (query) codes.push('validation_failed');
  if (body) codes.push(...ofBody);
  if (body || bytes) codes.push('request_too_large');
  return [...new Set(codes)];
}

const widened = (route: ApiRoute): ApiRequest => apiRequests[route];
