import { type ErrorCode, errorCodes, type FieldError, type Problem } from '@/lib/domain/errors';
import { noteAnswer } from './connection';

/** An answer of `/api` that is not a success: the stable code, a sentence, and the refused fields. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: ErrorCode;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** English sentence of the server; the console words it per code. */
  readonly detail: string;
  readonly errors: FieldError[];
  /** Seconds after which it is worth asking again, where the server says so. */
  readonly retryAfter: number | undefined;

  constructor(problem: Pick<Problem, 'code' | 'status' | 'detail' | 'errors' | 'retry_after'>) {
    super(problem.detail);
    this.code = problem.code;
    this.status = problem.status;
    this.detail = problem.detail;
    this.errors = problem.errors ?? [];
    this.retryAfter = problem.retry_after;
  }
}

type ApiInit = {
  /** `GET` unless said otherwise. */
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Sent as JSON; a Blob as it is. */
  body?: unknown;
  /** Entity tag that what is written must have (RFC 9110, section 13.1.1). */
  ifMatch?: string;
  signal?: AbortSignal;
  /** After so long nothing is waited for any more. 20 s unless said otherwise. */
  patienceMs?: number;
};

/**
 * Calls one of our own routes and returns its JSON (undefined for 204).
 * Reading without a session goes to the sign-in page and comes back; writing without one, and reading while a
 * form is on the page, throws: nothing typed is lost.
 * @param path under this origin, such as `/api/webhooks`
 * @throws {ApiProblem} for every answer outside 2xx, and with code `network` when none came
 */
export async function apiFetch<T>(path: string, init: ApiInit = {}): Promise<T> {
  const response = await send(path, init);
  if (response.ok)
    return (response.status === 204 ? undefined : await readAnswer(response, init.signal)) as T;
  const problem = await readProblem(response);
  if (problem.code === 'not_signed_in' && (init.method ?? 'GET') === 'GET') goToSignIn();
  throw problem;
}

async function send(
  path: string,
  { method = 'GET', body, ifMatch, signal, patienceMs = 20_000 }: ApiInit,
): Promise<Response> {
  const raw = body instanceof Blob;
  const inTime = AbortSignal.timeout(patienceMs);
  try {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        ...(ifMatch ? { 'If-Match': ifMatch } : {}),
        ...(body === undefined
          ? {}
          : { 'Content-Type': raw ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, inTime]) : inTime,
    });
    noteAnswer(true);
    return response;
  } catch (cause) {
    if (signal?.aborted) throw cause;
    noteAnswer(false);
    throw noAnswer(inTime.aborted ? 'timeout' : 'network');
  }
}

const noAnswer = (code: 'timeout' | 'network', status = 0) =>
  new ApiProblem({ code, status, detail: errorCodes[code][1] });

/** What should be JSON: something that stands before the server may have answered instead, or the rest may never come. */
async function readAnswer(response: Response, signal: AbortSignal | undefined): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    if (signal?.aborted) throw cause;
    const cut = !(cause instanceof SyntaxError);
    throw cut
      ? noAnswer(cause instanceof DOMException && cause.name === 'TimeoutError' ? 'timeout' : 'network')
      : new ApiProblem({ code: 'internal', status: response.status, detail: errorCodes.internal[1] });
  }
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const problem: Partial<Problem> = await response.json().catch(() => ({}));
  // A gateway's own answer: whoever is behind it did not.
  const unsaid = [502, 503, 504].includes(response.status) ? 'network' : 'internal';
  const code = problem.code && problem.code in errorCodes ? problem.code : unsaid;
  return new ApiProblem({
    code,
    status: response.status,
    detail: problem.detail ?? errorCodes[code][1],
    ...(problem.errors ? { errors: problem.errors } : {}),
    ...(problem.retry_after === undefined ? {} : { retry_after: problem.retry_after }),
  });
}

function goToSignIn() {
  if (typeof window === 'undefined' || window.location.pathname === '/login') return;
  if (document.querySelector('form, [data-keeps-text]')) return;
  const here = window.location.pathname + window.location.search;
  window.location.assign(`/login?next=${encodeURIComponent(here)}`);
}

/**
 * A query string of the parameters that have a value, with its `?`; empty when none has.
 */
export function queryString(params: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text ? `?${text}` : '';
}
