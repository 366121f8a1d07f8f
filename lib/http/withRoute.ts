import type { ApiRequest, Role } from '@/lib/domain/apiRequest';
import { type Asked, apiRequests, type RoleOf } from '@/lib/domain/apiRequests';
import { type ApiAnswer, type ApiRoute, apiRoutes } from '@/lib/domain/apiRoutes';
import { tokenForm } from '@/lib/domain/apiToken';
import { bearerToken } from '@/lib/domain/bearerToken';
import { clientAddress } from '@/lib/domain/clientAddress';
import { WebhookError } from '@/lib/domain/errors';
import { parseInput } from '@/lib/domain/fieldErrors';
import { scopeOpens } from '@/lib/domain/issuedToken';
import type { Turn } from '@/lib/domain/turn';
import { urlPolicy } from '@/lib/env';
import { tokenService } from '@/lib/services/tokenService';
import { tokenTurn } from '@/lib/services/turns';
import { actingFor, actingToken } from '@/lib/store/actingToken';
import { type Caller, getCaller } from '@/lib/store/callerStore';
import { requestToken } from '@/lib/store/sessionClient';
import { problemResponse } from './problem';
import { readJson } from './readJson';
import { requireCronSecret, requireMetricsToken } from './requireBearer';
import { requireSameOrigin } from './requireSameOrigin';

type RouteContext = { params: Promise<Record<string, string | string[] | undefined>> };

type Known = Exclude<Caller['role'], null>;
/** Who is known to call, where the role asks for that. */
type CallerOf<Who extends Role> = Who extends 'admin' | 'member' ? Caller & { role: Known } : null;

type RouteInput<Route extends ApiRoute> = {
  request: Request;
  params: Asked<Route, 'params'>;
  query: Asked<Route, 'query'>;
  body: Asked<Route, 'body'>;
  caller: CallerOf<RoleOf<Route>>;
};

type RouteOptions<Route extends ApiRoute> = {
  /** Taken by whoever calls, before anything is read: refuses those who call too often. */
  turn?: Turn;
  /** How many a body takes in all; one where nothing is said. */
  turns?: (body: Asked<Route, 'body'>) => number;
  /** How the body is read, where that is not `readJson`. */
  read?: (request: Request) => Promise<unknown>;
  /** Of the answer, where it depends on it; else as `apiRoutes` says. */
  status?: (answer: ApiAnswer<Route>) => number;
  headers?: (answer: ApiAnswer<Route>) => Record<string, string>;
};

/**
 * One shape for every route handler: who calls and with what (`apiRequests`), one verb called, errors mapped. The handler
 * answers what `apiRoutes` says of the route, which is sent as JSON; a Response where that is none.
 */
export function withRoute<const Route extends ApiRoute>(
  route: Route,
  handle: (input: RouteInput<Route>) => Promise<ApiAnswer<Route> | Response>,
  options: RouteOptions<Route> = {},
) {
  const asked: ApiRequest = apiRequests[route];
  return async (request: Request, context: RouteContext): Promise<Response> => {
    try {
      requireSameOrigin(request);
      const token = await machineToken(route, asked.role, request);
      const work = () => answer(request, context);
      return token ? await actingFor(token, work) : await work();
    } catch (error) {
      return problemResponse(error);
    }
  };

  async function answer(request: Request, context: RouteContext): Promise<Response> {
    const { caller, who } = await requireCaller(asked.role, options.turn, request);
    // The compiler does not see that each part is there exactly where its schema is.
    const input = {
      request,
      caller,
      params: parsePath(asked, await context.params),
      query: parseQuery(asked, request),
      body: await parseBody(asked, options.read ?? readJson, request),
    } as RouteInput<Route>;
    const more = (options.turns?.(input.body) ?? 1) - 1;
    if (more > 0) await options.turn?.(who, more);
    const told = await handle(input);
    if (told instanceof Response) return told;
    const { status } = apiRoutes[route];
    return jsonResponse(told, options.status?.(told) ?? status, options.headers?.(told));
  }
}

/** A JSON answer that no cache keeps. */
function jsonResponse(value: unknown, status: number, headers?: Record<string, string>): Response {
  const init = { status, headers: { 'cache-control': 'no-store', ...headers } };
  return value === undefined ? new Response(null, init) : Response.json(value, init);
}

/**
 * The machine token that opens the route, in place of a person; undefined: none was sent, or it is no matter of tokens.
 * @throws WebhookError those of `tokenService.check`; `people_only`, `scope_exceeded`
 */
async function machineToken(route: ApiRoute, role: Role, request: Request) {
  const text = bearerToken(request.headers.get('authorization'));
  if (!text || tokenForm(text) === 'foreign' || !isOfPeople(role)) return undefined;
  const token = await tokenService.check(text, clientAddress(request));
  const { opensTo } = apiRoutes[route];
  if (opensTo === 'people') throw new WebhookError('people_only');
  if (scopeOpens(token.scope, opensTo)) return token;
  const detail = `This API token has the scope "${token.scope}": this needs "${opensTo}".`;
  throw new WebhookError('scope_exceeded', { detail });
}

/** Whether the route asks who calls. */
const isOfPeople = (role: Role) => role === 'admin' || role === 'member' || role === 'verb';

async function requireCaller(
  role: Role,
  turn: Turn | undefined,
  request: Request,
): Promise<{ caller: Caller | null; who: string }> {
  if (role === 'cron') requireCronSecret(request);
  if (role === 'metrics') requireMetricsToken(request);
  if (!isOfPeople(role)) return { caller: null, who: '' };
  const machine = actingToken();
  if (machine !== undefined) {
    await (turn ?? tokenTurn)(machine);
    return { caller: await getCaller(), who: machine };
  }
  const token = await requestToken();
  if (!token) throw new WebhookError('not_signed_in');
  // Who is only said to be somebody counts for themselves.
  const who = token.isProven ? token.userId : token.token;
  await turn?.(who);
  if (role === 'verb') return { caller: null, who };
  const caller = await getCaller();
  if (!caller) throw new WebhookError('not_signed_in');
  const allowed = role === 'member' ? caller.role !== null : caller.role === 'admin';
  if (!allowed) throw new WebhookError('forbidden');
  return { caller, who };
}

function parsePath({ params, notFound }: ApiRequest, given: unknown) {
  if (!params) return undefined;
  const result = params.safeParse(given);
  if (!result.success) throw new WebhookError(notFound ?? 'not_found');
  return result.data;
}

const parseQuery = ({ query }: ApiRequest, request: Request) =>
  query && parseInput(query, Object.fromEntries(new URL(request.url).searchParams));

async function parseBody(
  { body }: ApiRequest,
  read: (request: Request) => Promise<unknown>,
  request: Request,
) {
  if (!body) return undefined;
  const schema = typeof body === 'function' ? body(urlPolicy()) : body;
  return parseInput(schema, await read(request));
}
