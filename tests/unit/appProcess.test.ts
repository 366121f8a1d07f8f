import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { requireOwnAnswer, waitUntilHealthy } from '../../scripts/stack/app/appProcess';

/*
 * Whoever listens on the chosen port first is believed only when it knows what was given to the app alone.
 */

let server: Server;
let url: string;
let said: { status: number; nonce?: string; body: string };
const failed = new Promise<never>(() => {});

beforeEach(async () => {
  server = createServer((_, response) => {
    const headers = said.nonce === undefined ? {} : { 'x-devlink-launch': said.nonce };
    response.writeHead(said.status, headers).end(said.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

it.each([
  ['without a nonce', undefined],
  ['with another one', 'theirs'],
])('a program that answers 200 %s is not the app', async (_, nonce) => {
  said = { status: 200, body: '{"status":"ok"}', ...(nonce === undefined ? {} : { nonce }) };
  await expect(requireOwnAnswer({ url, nonce: 'ours' })).rejects.toThrow('un autre programme répond');
  await expect(waitUntilHealthy({ url, nonce: 'ours', failed }, 500)).rejects.toThrow(
    'un autre programme répond',
  );
});

it('the app is ready when it is healthy, or when only its cron is missing', async () => {
  said = { status: 200, nonce: 'ours', body: '{"status":"ok"}' };
  await waitUntilHealthy({ url, nonce: 'ours', failed }, 500);
  said = { status: 503, nonce: 'ours', body: '{"status":"stalled"}' };
  await waitUntilHealthy({ url, nonce: 'ours', failed }, 500);
  said = { status: 503, nonce: 'ours', body: '{"status":"unavailable"}' };
  await expect(waitUntilHealthy({ url, nonce: 'ours', failed }, 500)).rejects.toThrow('503');
  // Who answers, not how it is, is what the cron asks.
  await requireOwnAnswer({ url, nonce: 'ours' });
});
