import type { z } from 'zod';
import { alertRequests } from './alertRequests';
import type { ApiRequest } from './apiRequest';
import type { ApiRoute } from './apiRoutes';
import { consoleRequests } from './consoleRequests';
import { deliveryRequests } from './deliveryRequests';
import type { UrlPolicy } from './targetUrl';
import { webhookRequests } from './webhookRequests';

/**
 * What every route asks, as `apiRoutes` has what it answers: said here once, for the handlers, which parse with it, and for
 * the description of the API.
 */
export const apiRequests = {
  ...webhookRequests,
  ...deliveryRequests,
  ...alertRequests,
  ...consoleRequests,
} satisfies Record<ApiRoute, ApiRequest>;

type OutputOf<Part> = Part extends z.ZodType
  ? z.output<Part>
  : Part extends (policy: UrlPolicy) => infer Made
    ? OutputOf<Made>
    : undefined;

/** What a handler gets of a part of its request; undefined where the route asks for none. */
export type Asked<Route extends ApiRoute, Part extends 'params' | 'query' | 'body'> =
  (typeof apiRequests)[Route] extends Record<Part, infer Given> ? OutputOf<Given> : undefined;

/** The role that a route asks for. */
export type RoleOf<Route extends ApiRoute> = (typeof apiRequests)[Route]['role'];
