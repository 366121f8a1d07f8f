import type { ApiAnswer, ApiRoute } from '../lib/domain/apiRoutes.ts';
import type { Problem } from '../lib/domain/errors.ts';
import { CliError, exitCodeOf, exitCodes } from './exitCodes.ts';

/** Where the product is, and what opens it. */
export type Connection = { url: string; token: string | undefined };

/** What every command has. */
export type GlobalOptions = Connection & { json?: boolean };

type Asked = {
  /** In place of `{…}` in the route. */
  params?: Record<string, string>;
  /** What is undefined is left out. */
  query?: Record<string, string | undefined>;
  /** Sent as it is, under its type. */
  body?: { type: string; text: string };
  accept?: string;
  /** Ends the call. */
  signal?: AbortSignal;
};

/** Milliseconds for one answer. */
const patience = 60_000;

export const json = (value: unknown) => ({ type: 'application/json', text: JSON.stringify(value) });

/** Calls one route of the API. @throws CliError that says what to do */
export async function ask<Route extends ApiRoute>(
  connection: Connection,
  route: Route,
  asked: Asked = {},
): Promise<ApiAnswer<Route>> {
  const response = await askText(connection, route, asked);
  return (response === '' ? undefined : parsed(response, connection)) as ApiAnswer<Route>;
}

/** The same with the answer as it was written. */
export async function askText(connection: Connection, route: ApiRoute, asked: Asked = {}): Promise<string> {
  const response = await send(connection, route, asked);
  const text = await response.text().catch((error: unknown) => {
    throw unreachable(connection, error);
  });
  if (response.ok) return text;
  throw refusal(response, text, connection);
}

async function send({ url, token }: Connection, route: ApiRoute, asked: Asked): Promise<Response> {
  if (!token) {
    throw new CliError(
      exitCodes.token,
      `No API token: make one in the console (${url}/tokens), then export DEVLINK_TOKEN=dlk_…`,
    );
  }
  const [method = '', path = ''] = route.split(' ');
  const address = new URL(
    url.replace(/\/+$/, '') +
      path.replaceAll(/\{(\w+)\}/g, (_, name) => encodeURIComponent(asked.params?.[name] ?? '')),
  );
  for (const [name, value] of Object.entries(asked.query ?? {}))
    if (value !== undefined) address.searchParams.set(name, value);
  try {
    return await fetch(address, {
      method,
      redirect: 'manual',
      headers: {
        authorization: `Bearer ${token}`,
        accept: asked.accept ?? 'application/json',
        ...(asked.body && { 'content-type': asked.body.type }),
      },
      ...(asked.body && { body: asked.body.text }),
      signal: AbortSignal.any([AbortSignal.timeout(patience), ...(asked.signal ? [asked.signal] : [])]),
    });
  } catch (error) {
    throw unreachable({ url, token }, error);
  }
}

function unreachable({ url }: Connection, error: unknown): CliError {
  const { cause, name } = error as { cause?: { code?: string; message?: string }; name?: string };
  const why =
    name === 'TimeoutError' ? 'no answer in time' : (cause?.code ?? cause?.message ?? 'no connection');
  return new CliError(
    exitCodes.unreachable,
    `${url} does not answer (${why}). Is it running (npm start)? Another address: export DEVLINK_URL=…`,
  );
}

function refusal(response: Response, text: string, connection: Connection): CliError {
  const problem = problemOf(text);
  if (!problem) return notOurs(connection, response.status);
  const fields = (problem.errors ?? []).map(({ path, message }) => `\n  ${path || '(all)'}: ${message}`);
  const { status, detail } = problem;
  const cure = status === 401 || status === 403 ? ` Tokens: ${connection.url}/tokens` : '';
  const wait = problem.retry_after === undefined ? '' : ` (in ${problem.retry_after} s)`;
  return new CliError(exitCodeOf(status), detail + wait + cure + fields.join(''), problem);
}

function problemOf(text: string): Problem | null {
  try {
    const problem = JSON.parse(text);
    return typeof problem?.code === 'string' && typeof problem.detail === 'string' ? problem : null;
  } catch {
    return null;
  }
}

function parsed(text: string, connection: Connection): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notOurs(connection);
  }
}

const notOurs = ({ url }: Connection, status?: number) =>
  new CliError(
    status === undefined || status < 500 ? exitCodes.refused : exitCodes.failed,
    `What answers at ${url}${status === undefined ? '' : ` (${status})`} is not DevLink Webhooks, or something stands between: check DEVLINK_URL.`,
  );
