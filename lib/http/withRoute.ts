import type { z } from 'zod';
import { type ErrorCode, WebhookError } from '@/lib/domain/errors';
import { parseInput } from '@/lib/domain/fieldErrors';
import { type Caller, getCaller } from '@/lib/store/callerStore';
import { requestToken } from '@/lib/store/sessionClient';
import { problemResponse } from './problem';
import { readJson } from './readJson';
import { requireCronSecret, requireMetricsToken } from './requireBearer';
import { requireSameOrigin } from './requireSameOrigin';

type RouteContext = { params: Promise<Record<string, string | string[] | undefined>> };
type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

type Role = 'admin' | 'member' | 'verb' | 'cron' | 'metrics' | 'anyone';

/** Takes some of what somebody may do in a while, or refuses. */
type Turn = (who: string, count?: number) => Promise<void>;

type RouteOptions<P, Q, B> = {
  /**
   * Least role that may call. `verb`: whoever brings a session, and the one verb called asks for the role.
   * `cron` and `metrics`: whoever has the secret for that.
   */
  role: Role;
  /** Taken by whoever calls, before anything is read: refuses those who call too often. */
  turn?: Turn;
  /** How many a body takes in all; one where nothing is said. */
  turns?: (body: Parsed<B>) => number;
  /** Path parameters; one that does not parse is answered with `notFound`. */
  params?: P;
  notFound?: ErrorCode;
  query?: Q;
  /** Schema of the JSON body, or a function when it depends on the configuration. */
  body?: B | (() => B);
  /** How the body's text is read, where `JSON.parse` would change what is passed on. */
  parse?: (text: string) => unknown;
};

type RouteInput<P, Q, B> = {
  request: Request;
  params: Parsed<P>;
  query: Parsed<Q>;
  body: Parsed<B>;
  /** Null where the role is neither `admin` nor `member`. */
  caller: Caller | null;
};

/**
 * One shape for every route handler: who calls, input checked, one verb called, errors mapped. The handler
 * answers a value, which is sent as JSON, or a Response.
 */
export function withRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  options: RouteOptions<P, Q, B>,
  handle: (input: RouteInput<P, Q, B>) => Promise<unknown>,
) {
  return async (request: Request, context: RouteContext): Promise<Response> => {
    try {
      requireSameOrigin(request);
      const { caller, who } = await requireCaller(options, request);
      // The compiler does not see that each part is there exactly where its schema is.
      const input = {
        request,
        caller,
        params: parsePath(options, await context.params),
        query: parseQuery(options, request),
        body: await parseBody(options, request),
      } as RouteInput<P, Q, B>;
      const more = (options.turns?.(input.body) ?? 1) - 1;
      if (more > 0) await options.turn?.(who, more);
      const answer = await handle(input);
      return answer instanceof Response ? answer : jsonResponse(answer);
    } catch (error) {
      return problemResponse(error);
    }
  };
}

/** A JSON answer that no cache keeps. */
export function jsonResponse(value: unknown, status = 200): Response {
  return Response.json(value, { status, headers: { 'cache-control': 'no-store' } });
}

async function requireCaller(
  { role, turn }: Pick<RouteOptions<never, never, never>, 'role' | 'turn'>,
  request: Request,
): Promise<{ caller: Caller | null; who: string }> {
  if (role === 'cron') requireCronSecret(request);
  if (role === 'metrics') requireMetricsToken(request);
  if (role !== 'admin' && role !== 'member' && role !== 'verb') return { caller: null, who: '' };
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

function parsePath<P extends z.ZodType>(options: { params?: P; notFound?: ErrorCode }, params: unknown) {
  if (!options.params) return undefined;
  const result = options.params.safeParse(params);
  if (!result.success) throw new WebhookError(options.notFound ?? 'not_found');
  return result.data;
}

const parseQuery = <P, Q extends z.ZodType, B>({ query }: RouteOptions<P, Q, B>, request: Request) =>
  query && parseInput(query, Object.fromEntries(new URL(request.url).searchParams));

async function parseBody<P, Q, B extends z.ZodType>(
  { body, parse }: RouteOptions<P, Q, B>,
  request: Request,
) {
  if (!body) return undefined;
  return parseInput(typeof body === 'function' ? body() : body, await readJson(request, parse));
}
