import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startCronTicker } from '../../scripts/stack/app/cronTicker';

/** Milliseconds, monotonic, at which the route was called. */
let calls: number[];
let told: string[];
let answer: RequestListener;
let url: string;
let close: () => Promise<void>;
let stop: () => Promise<void>;
let own: () => Promise<void>;

beforeEach(async () => {
  calls = [];
  told = [];
  own = async () => {};
  stop = async () => {};
  const server = createServer((request, response) => {
    calls.push(performance.now());
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  close = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
});
afterEach(async () => {
  const stopped = stop();
  await close().catch(() => {});
  await stopped;
});

function start(budget: number): void {
  stop = startCronTicker({
    url,
    cronSecret: 'the-secret',
    requireOwnAnswer: () => own(),
    budget,
    onError: (message) => void told.push(message),
  });
}
const called = (times: number) => expect.poll(() => calls.length, { timeout: 10_000 }).toBe(times);
const distance = (n: number) => (calls[n] ?? Number.NaN) - (calls[n - 1] ?? Number.NaN);

it('a route that works as long as it may is called again at once', async () => {
  answer = (request, response) => {
    expect(request.headers.authorization).toBe('Bearer the-secret');
    expect(request.url).toBe('/api/cron/drain-deliveries?budget=0.3');
    setTimeout(() => response.end('{}'), 310);
  };
  start(0.3);
  await called(3);
  expect(distance(2)).toBeLessThan(900);
});

it('a route that answers before its time is called once a second', async () => {
  answer = (_, response) => response.end('{}');
  start(55);
  await called(3);
  expect([distance(1), distance(2)].every((ms) => ms >= 990)).toBe(true);
  expect(told).toEqual([]);
});

it('errors are told once each until a call succeeds, and there is a pause after each', async () => {
  const script = [500, 500, 503, 500, 200, 500];
  answer = (_, response) => {
    response.statusCode = script[calls.length - 1] ?? 200;
    response.end(`answer ${response.statusCode}`);
  };
  start(55);
  await called(7);
  expect(calls.slice(1).every((_, index) => distance(index + 1) >= 990)).toBe(true);
  expect(told).toEqual([500, 503, 500].map((status) => `drain-deliveries: ${status} answer ${status}`));
});

it('nobody listens: told once, with the cause', async () => {
  await close();
  start(55);
  await expect.poll(() => told.length).toBe(1);
  expect(told[0]).toMatch(/^drain-deliveries: fetch failed \(.*ECONNREFUSED/);
});

it('stopped in its pause it ends at once', async () => {
  answer = (_, response) => response.end('{}');
  start(55);
  await called(1);
  const began = performance.now();
  await stop();
  expect(performance.now() - began).toBeLessThan(500);
});

it('sends the secret to nobody but the app, and says who answers instead', async () => {
  answer = (_, response) => response.end('{}');
  own = async () => {
    throw new Error('another program');
  };
  start(0.2);
  await expect.poll(() => told).toEqual(['drain-deliveries: another program']);
  expect(calls).toEqual([]);
});
