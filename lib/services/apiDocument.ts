import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { problemsOf } from '@/lib/domain/apiProblems';
import type { ApiRequest } from '@/lib/domain/apiRequest';
import { apiRequests } from '@/lib/domain/apiRequests';
import { type ApiRoute, apiRoutes } from '@/lib/domain/apiRoutes';
import { type ErrorCode, errorCodes, WebhookError } from '@/lib/domain/errors';
import type { EventType } from '@/lib/domain/eventType';
import packageJson from '@/package.json' with { type: 'json' };
import { apiComponents, apiTags } from './apiComponents';
import { requestExamples } from './apiExamples';
import { eventSchemas, webhookOperations } from './apiWebhooks';

type Responses = ZodOpenApiOperationObject['responses'];

const jsonType = 'application/json';
const problemType = 'application/problem+json';

/** What a schema may be in the document, for whoever gives one that JSON Schema has no words for. */
const strictPolicy = { allowHttp: false, allowNetworks: [] };

/** The description of the API in OpenAPI 3.1: its routes from what they parse and answer with, and the registry's event types. */
export function apiDocument(eventTypes: EventType[]) {
  const document = routesDocument();
  return {
    ...document,
    components: {
      ...document.components,
      schemas: { ...document.components?.schemas, ...eventSchemas(eventTypes) },
    },
    webhooks: webhookOperations(eventTypes),
  };
}

let made: ReturnType<typeof createDocument> | undefined;

/** The part that only a deployment changes. */
function routesDocument() {
  made ??= createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'DevLink Webhooks',
        version: packageJson.version,
        description:
          'Webhooks of DevLink CRM: subscriptions, events, deliveries. Times are ISO 8601 in UTC. What is wrong is answered as a problem (RFC 9457) with a stable `code`.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      tags: Object.entries(apiTags).map(([name, description]) => ({ name, description })),
      paths: { ...paths(), ...inboxAddress },
      components: {
        schemas: apiComponents,
        examples: problemExamples(),
        securitySchemes: {
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'sb-auth-token',
            description:
              'The session of the console: `sb-<project>-auth-token`, in one part or several, as signing in sets it.',
          },
          bearerSession: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'A Supabase access token of a person with a role.',
          },
          apiToken: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'dlk_…',
            description:
              'An API token. The scope that a route needs stands with it: `trigger`, `read` or `manage`, which includes both.',
          },
          cronSecret: { type: 'http', scheme: 'bearer', description: 'CRON_SECRET' },
          metricsToken: { type: 'http', scheme: 'bearer', description: 'METRICS_TOKEN' },
        },
      },
    },
    { allowEmptySchema: { custom: true } },
  );
  return made;
}

const routes = Object.keys(apiRoutes) as ApiRoute[];

/** `GET /api/webhooks/names`: method, path. */
const partsOf = (route: string) => route.split(' ') as [method: string, path: string];
const tagOf = (path: string) => path.split('/')[2] ?? '';

function paths(): ZodOpenApiPathsObject {
  const found: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const [method, path] = partsOf(route);
    found[path] = { ...found[path], [method.toLowerCase()]: operation(route) };
  }
  return found;
}

function operation(route: ApiRoute): ZodOpenApiOperationObject {
  const [method, path] = partsOf(route);
  const asked: ApiRequest = apiRequests[route];
  const { params, query, headers } = asked;
  return {
    operationId: [method.toLowerCase(), ...(path.match(/\w+/g) ?? []).slice(1)].join('_'),
    summary: asked.summary,
    tags: [tagOf(path)],
    security: securityOf(route),
    requestParams: {
      ...(params && { path: params }),
      ...(query && { query }),
      ...(headers && { header: headers }),
    },
    ...requestBody(route, asked),
    responses: { ...answers(route), ...problems(route) },
  } as ZodOpenApiOperationObject;
}

function securityOf(route: ApiRoute) {
  const { role } = apiRequests[route];
  if (role === 'anyone') return [];
  if (role === 'cron') return [{ cronSecret: [] }];
  if (role === 'metrics') return [{ metricsToken: [] }];
  const { opensTo } = apiRoutes[route];
  const people = [{ session: [] }, { bearerSession: [] }];
  return opensTo === 'people' ? people : [...people, { apiToken: [opensTo] }];
}

function requestBody(route: ApiRoute, { body, bytes, types = [jsonType] }: ApiRequest) {
  if (bytes) return { requestBody: { required: true, content: { '*/*': {} } } };
  if (!body) return {};
  const schema = typeof body === 'function' ? body(strictPolicy) : body;
  const example = requestExamples[route];
  return {
    requestBody: {
      required: !schema.safeParse({}).success,
      content: Object.fromEntries(
        types.map((type) => [type, { schema, ...(example === undefined ? {} : { example }) }]),
      ),
    },
  };
}

function answers(route: ApiRoute): Responses {
  const { status, or, body, type } = { or: undefined, type: undefined, ...apiRoutes[route] };
  const { query } = apiRequests[route] as ApiRequest;
  const content =
    status === 204
      ? {}
      : {
          content: {
            ...(body ? { [jsonType]: { schema: body } } : { [type ?? '*/*']: {} }),
            ...(query && 'format' in query.shape ? { 'text/csv': { schema: { type: 'string' } } } : {}),
          },
        };
  const answer = { description: status === 204 ? 'Done' : 'The answer', ...content };
  return { [status]: answer, ...(or === undefined ? {} : { [or]: answer }) } as Responses;
}

/** By status: one answer each, with the codes that it may hold. */
function problems(route: ApiRoute): Responses {
  const { or } = { or: undefined, ...apiRoutes[route] };
  const answered = answers(route) as Record<string, { content?: object }>;
  const byStatus = Object.groupBy(problemsOf(route), (code) => String(errorCodes[code][0]));
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, codes = []]) => [
      status,
      problemAnswer(codes, or === Number(status) ? answered[status]?.content : {}),
    ]),
  ) as Responses;
}

/** @param also what else is answered with the same status */
const problemAnswer = (codes: ErrorCode[], also: object = {}) => ({
  description: codes.map((code) => `\`${code}\``).join(', '),
  ...(codes.includes('too_many_requests') ? { headers: retryAfter } : {}),
  content: { ...also, [problemType]: { schema: problemSchemaOf(codes), examples: examplesOf(codes) } },
});

const retryAfter = {
  'Retry-After': { description: 'Seconds until it is worth asking again', schema: { type: 'integer' } },
};

const problemSchemaOf = (codes: ErrorCode[]) => ({
  allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: codes } } }],
});

const examplesOf = (codes: ErrorCode[]) =>
  Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]));

const problemExamples = () =>
  Object.fromEntries(
    [...new Set(routes.flatMap(problemsOf))].map((code) => [
      code,
      { value: new WebhookError(code).toProblem() },
    ]),
  );

/** The one address that is no route of `apiRoutes`: it answers as its inbox is told to. */
const inboxAddress = {
  '/api/playground/{inboxId}': Object.fromEntries(
    ['get', 'post', 'put', 'patch', 'delete'].map((method) => [
      method,
      {
        operationId: `${method}_playground_inboxId`,
        summary: 'The address of an inbox: keeps what arrives, and answers as the inbox is told to',
        tags: ['playground'],
        security: [],
        parameters: [
          { name: 'inboxId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } },
        ],
        responses: {
          default: { description: 'What the inbox is told to answer; or a problem' },
          '404': problemAnswer(['inbox_not_found']),
          '413': problemAnswer(['request_too_large']),
          '429': problemAnswer(['too_many_requests']),
        },
      },
    ]),
  ),
} as unknown as ZodOpenApiPathsObject;
