import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@playwright/test';
import { test } from '../support/e2e.ts';
import { startOwnStack } from '../support/ownStack.ts';
import { signIn } from '../support/session.ts';

const total = 1000;

test('kill -9 of the app in the middle of 1,000 deliveries loses none', async ({ receiver, playwright }) => {
  test.setTimeout(180_000);
  const { stack, stop } = await startOwnStack();
  try {
    const { url, admin } = stack.info;
    const api = await playwright.request.newContext({ baseURL: url });
    await signIn(api, admin);
    const created = await api.post('/api/webhooks', {
      data: { name: 'Crash', url: `${receiver.url}/`, events: ['lead.created'], max_in_flight: 50 },
    });
    expect(created.status()).toBe(201);
    receiver.answer({ delayMs: 20 });

    // A caller that repeats its trigger, under the same key, until it is accepted: as the outbox pattern asks.
    const trigger = async (n: number) => {
      const data = { event_type: 'lead.created', payload: { id: String(n) }, idempotency_key: `crash-${n}` };
      for (;;) {
        const response = await api.post('/api/webhooks/trigger', { data }).catch(() => null);
        if (response?.status() === 202) return;
        await sleep(200);
      }
    };
    const triggering = (async () => {
      for (let from = 0; from < total; from += 20) {
        await Promise.all(Array.from({ length: 20 }, (_, k) => trigger(from + k)));
      }
    })();
    await receiver.waitFor(total / 4, 60_000);
    stack.kill();
    await triggering;

    const received = () =>
      new Set(receiver.requests.map((request) => JSON.parse(String(request.body)).payload.id));
    await expect.poll(() => received().size, { timeout: 90_000 }).toBe(total);
    // Whatever came twice came under the same delivery id.
    const deliveryIds = new Set(receiver.requests.map((request) => request.headers['webhook-id']));
    expect(deliveryIds.size).toBe(total);
    await api.dispose();
  } finally {
    await stop();
  }
});
