/**
 * What `next/headers` is outside of Next, for tests that call route handlers: the headers and cookies of the request that
 * `calling` names. Put in its place with `vi.mock('next/headers', () => import('../support/nextHeaders'))`.
 */
export const browser = { headers: new Headers(), jar: new Map<string, string>() };

export const headers = async () => browser.headers;

export const cookies = async () => ({
  getAll: () => [...browser.jar].map(([name, value]) => ({ name, value })),
  set: (name: string, value: string, options?: { maxAge?: number }) =>
    options?.maxAge === 0 ? browser.jar.delete(name) : browser.jar.set(name, value),
});

type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string | string[] | undefined>> },
) => Promise<Response>;

/** Calls a route handler as the browser whose cookies these are, with these headers. */
export async function call(
  handler: Handler,
  path: string,
  {
    method,
    body,
    params = {},
    ...rest
  }: {
    method?: string;
    body?: unknown;
    params?: Record<string, string>;
    headers?: Record<string, string>;
  } = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  browser.headers = new Headers({
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...rest.headers,
  });
  const request = new Request(`http://app.test${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: browser.headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await handler(request, { params: Promise.resolve(params) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
}
