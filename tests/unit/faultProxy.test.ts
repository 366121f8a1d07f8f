import { afterEach, beforeEach, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../support/faultProxy.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

/* The proxy that stands before the Supabase API in tests of its faults: each fault is what it says. */

let api: Receiver;
let proxy: FaultProxy;
beforeEach(async () => {
  api = await startReceiver({ status: 201, headers: { 'x-api': 'yes' }, body: '{"answer":"of the API"}' });
  proxy = await startFaultProxy(api.url);
});
afterEach(async () => {
  await proxy.close();
  await api.close();
});

const call = (path = '/rest/v1/rpc/x', ms = 2000) =>
  fetch(`${proxy.url}${path}`, { method: 'POST', body: '{"n":1}', signal: AbortSignal.timeout(ms) });
const nameOf = (error: Error & { cause?: { code?: string } }) => error.cause?.code ?? error.name;
const failure = (path?: string, ms?: number) =>
  call(path, ms).then(
    (response) => response.text().then((text) => `answered ${response.status} ${text}`, nameOf),
    nameOf,
  );

it('without a fault: request and answer as they are', async () => {
  const response = await call('/rest/v1/rpc/x?select=a%20b');
  expect([response.status, response.headers.get('x-api'), await response.json()]).toEqual([
    201,
    'yes',
    { answer: 'of the API' },
  ]);
  expect(api.requests[0]).toMatchObject({ method: 'POST', path: '/rest/v1/rpc/x?select=a%20b' });
  expect(api.requests[0]?.body.toString()).toBe('{"n":1}');
});

it('faults that the API does not see', async () => {
  await proxy.fault({ kind: 'hang' });
  expect(await failure('/', 200)).toBe('TimeoutError');
  await proxy.fault({ kind: 'reset' });
  expect(await failure()).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
  await proxy.fault({ kind: 'answer' });
  expect(await failure()).toMatch(/^answered 502 <html>/);
  await proxy.fault({ kind: 'refuse' });
  expect(await failure()).toBe('ECONNREFUSED');
  await proxy.fault({ kind: 'deaf' });
  expect(await failure('/', 200)).toBe('TimeoutError');
  expect(api.requests).toHaveLength(0);
  await proxy.fault(null);
  expect(await failure()).toBe('answered 201 {"answer":"of the API"}');
  // Also on a connection that was in use before.
  await proxy.fault({ kind: 'deaf' });
  expect(await failure('/', 200)).toBe('TimeoutError');
  await proxy.fault(null);
  expect(await failure()).toBe('answered 201 {"answer":"of the API"}');
});

it('faults on the way back: the API has done what it was asked', async () => {
  await proxy.fault({ kind: 'lost' });
  expect(await failure()).toMatch(/ECONNRESET|UND_ERR_SOCKET/);
  await proxy.fault({ kind: 'half' });
  expect(await failure()).toMatch(/UND_ERR_SOCKET|TypeError|UND_ERR_RES_CONTENT_LENGTH_MISMATCH/);
  await proxy.fault({ kind: 'stall' });
  expect(await failure('/', 200)).toBe('TimeoutError');
  await proxy.fault({ kind: 'slow', ms: 300 });
  const began = performance.now();
  expect(await failure()).toMatch(/^answered 201/);
  expect(performance.now() - began).toBeGreaterThanOrEqual(295);
  expect(api.requests).toHaveLength(4);
});

it('strikes the paths that were named and counts them', async () => {
  await proxy.fault({ kind: 'answer', status: 503, body: 'busy' }, /exchange_webhook_deliveries/);
  expect(await failure('/rest/v1/rpc/emit_webhook_event')).toMatch(/^answered 201/);
  expect(await failure('/rest/v1/rpc/exchange_webhook_deliveries')).toBe('answered 503 busy');
  await proxy.untilStruck(1);
  expect([proxy.seen(), proxy.struck()]).toEqual([2, 1]);
});
