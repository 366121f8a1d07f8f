import { afterEach } from 'vitest';
import { createSender, type SendRequest } from '@/lib/sender/send';
import { type Behaviour, startReceiver } from './rawReceiver';

/*
 * Senders and receivers for one test: importing this file stops them after each test.
 */

/** Loopback is where the receivers of tests are. */
export const policy = { allowHttp: true, allowNetworks: ['127.0.0.0/8'] };

/** What a test started, stopped in reverse order. */
export const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

export async function receiver(behaviour: Behaviour) {
  const started = await startReceiver(behaviour);
  stops.push(started.stop);
  return started;
}

export function newSender(...args: Parameters<typeof createSender>) {
  const sender = createSender(...args);
  stops.push(sender.close);
  return sender;
}

export const request = (url: string, changes: Partial<SendRequest> = {}): SendRequest => ({
  url,
  headers: { 'Content-Type': 'application/json', 'X-Custom': 'value' },
  body: '{"é":1}',
  timeoutMs: 1000,
  policy,
  ...changes,
});

/** Sends one request to a receiver that behaves so. */
export async function sendTo(behaviour: Behaviour, changes: Partial<SendRequest> = {}) {
  const { url, ...rest } = await receiver(behaviour);
  const startedAt = performance.now();
  const outcome = await newSender().sendRequest(request(url, changes));
  return { outcome, tookMs: performance.now() - startedAt, ...rest };
}
