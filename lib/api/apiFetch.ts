import { type ErrorCode, errorCodes, type FieldError, type Problem } from '@/lib/domain/errors';

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
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const problem = await readProblem(response);
  if (problem.code === 'not_signed_in' && (init.method ?? 'GET') === 'GET') goToSignIn();
  throw problem;
}

async function send(path: string, { method = 'GET', body, ifMatch, signal }: ApiInit): Promise<Response> {
  const raw = body instanceof Blob;
  try {
    return await fetch(path, {
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
      ...(signal ? { signal } : {}),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiProblem({ code: 'network', status: 0, detail: errorCodes.network[1] });
  }
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const problem: Partial<Problem> = await response.json().catch(() => ({}));
  const code = problem.code && problem.code in errorCodes ? problem.code : 'internal';
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
  if (document.querySelector('form')) return;
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
