import type { ApiAnswer, ApiRoute } from '@/lib/domain/apiRoutes';
import { isErrorCode, type Problem, WebhookError } from '@/lib/domain/errors';
import { noteAnswer } from './connection';

/** What stands in braces in a route's path. */
type PathNames<Route extends string> = Route extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathNames<Rest>
  : never;

type QueryValue = string | number | null | undefined;

/** What goes along with a request; `path` where the route has ids in its path. */
type ApiRequest<Route extends ApiRoute> = {
  query?: Record<string, QueryValue>;
  /** Sent as JSON; a Blob as it is. */
  body?: unknown;
  /** JSON that is written already, in place of `body`. */
  text?: string;
  /** Entity tag that what is written must have (RFC 9110, section 13.1.1). */
  ifMatch?: string | undefined;
  signal?: AbortSignal | undefined;
  /** The request outlives a page that is being left. */
  keepalive?: boolean;
  /** After so long nothing is waited for any more. 20 s unless said otherwise. */
  patienceMs?: number;
} & ([PathNames<Route>] extends [never] ? unknown : { path: Record<PathNames<Route>, string> });

/**
 * Calls one of our own routes and answers what it says (`apiRoutes`). Its answer is not parsed again: its handler is compiled
 * against the same schema, and a page would have to bring the schemas along.
 * @throws WebhookError for every answer outside 2xx, with its `code`; `network` when none came; an AbortError when `signal` aborts
 */
export async function apiFetch<const Route extends ApiRoute>(
  route: Route,
  ...[request]: [PathNames<Route>] extends [never] ? [ApiRequest<Route>?] : [ApiRequest<Route>]
): Promise<ApiAnswer<Route>> {
  const response = await send(route, request ?? {});
  if (response.ok) return answerOf(response, request?.signal);
  throw await problemOf(response);
}

type AnyRequest = ApiRequest<'POST /api/webhooks'> & { path?: Record<string, string> };

async function send(route: ApiRoute, request: AnyRequest): Promise<Response> {
  const [method, path = ''] = route.split(' ');
  const { body, text, ifMatch, signal, keepalive, patienceMs = 20_000 } = request;
  const raw = body instanceof Blob ? body : undefined;
  const json = text ?? (body === undefined || raw ? undefined : JSON.stringify(body));
  const address = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(request.path?.[name] ?? ''));
  const inTime = AbortSignal.timeout(patienceMs);
  try {
    const response = await fetch(address + queryString(request.query ?? {}), {
      method,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        ...(ifMatch ? { 'If-Match': ifMatch } : {}),
        ...(raw ? { 'Content-Type': 'application/octet-stream' } : {}),
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: raw ?? json ?? null,
      signal: signal ? AbortSignal.any([signal, inTime]) : inTime,
      keepalive: keepalive ?? false,
    });
    noteAnswer(true);
    return response;
  } catch (cause) {
    if (signal?.aborted) throw cause;
    noteAnswer(false);
    throw new WebhookError(inTime.aborted ? 'timeout' : 'network', { cause });
  }
}

/** What should be JSON: something that stands before the server may have answered instead, or the rest may never come. */
async function answerOf(response: Response, signal: AbortSignal | undefined) {
  if (response.status === 204) return undefined;
  try {
    return await response.json();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    if (cause instanceof SyntaxError) throw new WebhookError('internal', { cause });
    const isLate = cause instanceof DOMException && cause.name === 'TimeoutError';
    throw new WebhookError(isLate ? 'timeout' : 'network', { cause });
  }
}

async function problemOf(response: Response): Promise<WebhookError> {
  const problem: Partial<Problem> = await response.json().catch(() => ({}));
  // A gateway's own answer: whoever is behind it did not.
  const unsaid = [502, 503, 504].includes(response.status) ? 'network' : 'internal';
  const code = problem.code && isErrorCode(problem.code) ? problem.code : unsaid;
  const { detail, errors, current, retry_after: retryAfter } = problem;
  return new WebhookError(code, { detail, errors, current, retryAfter });
}

/**
 * A query string of the parameters that have a value, with its `?`; empty when none has.
 */
export function queryString(params: Record<string, QueryValue>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}
