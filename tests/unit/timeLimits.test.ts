import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createClient } from '@supabase/supabase-js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ErrorCode, WebhookError } from '@/lib/domain/errors';
import { unwrap } from '@/lib/store/storeError';
import { boundedFetch, within } from '@/lib/store/timeLimits';

/*
 * A Supabase client in front of a real socket that misbehaves: what comes of it, and after how long.
 */

const limitMs = 300;
const head = (length: number, type = 'application/json') =>
  `HTTP/1.1 200 OK\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;

let answer: (socket: Socket, nth: number) => void;
let requests: number;
let url: string;
let close: () => Promise<void>;

beforeEach(async () => {
  requests = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.on('data', (bytes) => {
      if (/ HTTP\/1\.1\r\n/.test(bytes.toString('latin1'))) answer(socket, ++requests);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  close = async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
});
afterEach(() => close());

const client = () =>
  createClient(url, 'key', {
    db: { retry: false },
    global: { fetch: boundedFetch(limitMs) },
    auth: { persistSession: false, autoRefreshToken: false },
  });
const verb = async () => unwrap(await client().rpc('emit_webhook_event'));
const read = async () => unwrap(await client().from('webhooks').select());

/** The code with which it failed, and after how many milliseconds. */
async function failure(work: () => Promise<unknown>): Promise<{ code: ErrorCode | 'none'; ms: number }> {
  const began = performance.now();
  const error = await work().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return { code: error instanceof WebhookError ? error.code : 'none', ms: performance.now() - began };
}

const late: [name: string, (socket: Socket) => void][] = [
  ['accepts and never answers', () => {}],
  ['sends half of the head', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-')],
  ['sends the head and nothing more', (socket) => socket.write(head(100))],
  ['sends half of the body', (socket) => socket.write(`${head(100)}[{"id":`)],
];
it.each(late)('a database that %s: timeout, in time, for verbs and reads', async (_, misbehave) => {
  answer = misbehave;
  for (const ask of [verb, read]) {
    const { code, ms } = await failure(ask);
    expect(code).toBe('timeout');
    expect(ms).toBeGreaterThanOrEqual(limitMs - 5);
    expect(ms).toBeLessThan(limitMs + 700);
  }
  // What was given up is not asked again.
  expect(requests).toBe(2);
});

it('an answer that trickles in for ever is over when the time is', async () => {
  answer = (socket) => {
    socket.write(head(1_000_000));
    const drip = setInterval(() => socket.write(' '), 20);
    socket.once('close', () => clearInterval(drip));
  };
  expect((await failure(verb)).code).toBe('timeout');
});

const broken: [name: string, (socket: Socket) => void][] = [
  ['resets the connection', (socket) => socket.resetAndDestroy()],
  ['closes it without an answer', (socket) => socket.end()],
  ['closes it in the middle of the body', (socket) => socket.end(`${head(100)}[{"id":`)],
  [
    'has a gateway that answers 502 with HTML',
    (socket) =>
      socket.end(
        'HTTP/1.1 502 Bad Gateway\r\ncontent-type: text/html\r\ncontent-length: 15\r\n\r\n<h1>nginx</h1>\r\n',
      ),
  ],
  [
    'has a gateway that answers 200 with HTML',
    (socket) => socket.end(`${head(13, 'text/html')}<h1>Hello</h1`),
  ],
  [
    'has a gateway that asks to come back in an hour',
    (socket) => socket.end('HTTP/1.1 503 Busy\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n'),
  ],
];
it.each(broken)('a database that %s: database_unavailable, at once', async (_, misbehave) => {
  answer = misbehave;
  for (const ask of [verb, read]) {
    const { code, ms } = await failure(ask);
    expect(code).toBe('database_unavailable');
    expect(ms).toBeLessThan(limitMs);
  }
});

it('a read whose connection breaks is sent once more, a verb is not', async () => {
  answer = (socket, nth) => (nth === 1 ? socket.resetAndDestroy() : socket.end(`${head(2)}[]`));
  expect(await read()).toEqual([]);
  expect(requests).toBe(2);
  requests = 0;
  expect((await failure(verb)).code).toBe('database_unavailable');
  expect(requests).toBe(1);
});

it('a caller’s own signal ends the request before its time', async () => {
  const caller = new AbortController();
  answer = () => caller.abort();
  const { code, ms } = await failure(async () =>
    unwrap(await client().rpc('emit_webhook_event').abortSignal(caller.signal)),
  );
  expect(code).toBe('database_unavailable');
  expect(ms).toBeLessThan(limitMs);
});

it('the time is counted for each request: a client is good for more than one', async () => {
  answer = (socket, nth) => nth % 2 === 0 && socket.write(`${head(2)}[]`);
  const kept = client();
  const ask = async () => unwrap(await kept.rpc('emit_webhook_event'));
  for (const expected of ['timeout', 'none', 'timeout', 'none'])
    expect((await failure(ask)).code).toBe(expected);
});

it('what auth-js tries again and again ends with the time', async () => {
  answer = (socket) => socket.resetAndDestroy();
  const began = performance.now();
  const refreshing = client().auth.refreshSession({ refresh_token: 'over' });
  await expect(within(limitMs, refreshing)).rejects.toMatchObject({ code: 'timeout' });
  expect(performance.now() - began).toBeLessThan(limitMs + 700);
});
