import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { POST as triggerBatch } from '@/app/api/webhooks/trigger/batch/route';
import { stopDrain } from '@/lib/engine/processDrain';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { browser, call } from '../support/nextHeaders';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * POST /api/webhooks/trigger/batch: many events in one call, with one answer each.
 */

let stack: TestStack;
const tokens = {} as Record<'member' | 'stranger', string>;
beforeAll(async () => {
  stack = await startTestStack();
  for (const caller of ['member', 'stranger'] as const) tokens[caller] = await stack.accessToken(caller);
  process.env.WEBHOOKS_TRIGGERS_PER_MINUTE = '5000';
});
afterAll(async () => {
  await stopDrain();
  await stack.stop();
});
beforeEach(async () => {
  browser.jar.clear();
  await emptyTables(stack.sql);
});

type Result = { event_id?: string; deliveries?: number; code?: string; errors?: { path: string }[] };

async function trigger(body: unknown, caller: keyof typeof tokens = 'member') {
  const headers = { authorization: `Bearer ${tokens[caller]}` };
  const answer = await call(triggerBatch, '/api/webhooks/trigger/batch', { body, headers });
  return { ...answer, results: answer.body.results as Result[] };
}

const lead = (id: unknown, fields = {}) => ({ event_type: 'lead.created', payload: { id }, ...fields });
const stored = async () => (await stack.sql`select from webhook_events`).length;

it('answers one bad event among 999 good ones by itself', async () => {
  const events: unknown[] = Array.from({ length: 1000 }, (_, n) => lead(n));
  events[613] = lead(613, { event_type: 'lead.exploded' });
  const { status, results } = await trigger({ events });
  expect(status).toBe(202);
  expect(results.filter(({ event_id, deliveries }) => event_id && deliveries === 0)).toHaveLength(999);
  expect(results[613]).toMatchObject({ status: 422, code: 'unknown_event' });
  expect(await stored()).toBe(999);
});

it('says of each what is wrong with it, whatever it is', async () => {
  const { status, results } = await trigger({
    events: [
      lead(1),
      null,
      7,
      {},
      lead(1, { idempotency_key: '' }),
      lead(1, { colour: 'red' }),
      { event_type: 'lead.created' },
      lead('a\0'),
      lead('x'.repeat(262_144)),
      lead(2),
    ],
  });
  expect(status).toBe(202);
  expect(results.map(({ code }) => code)).toEqual([
    undefined,
    'validation_failed',
    'validation_failed',
    'validation_failed',
    'validation_failed',
    'validation_failed',
    'payload_not_json',
    'payload_not_json',
    'payload_too_large',
    undefined,
  ]);
  expect(results[4]?.errors).toMatchObject([{ path: 'idempotency_key' }]);
  expect(results[5]?.errors).toMatchObject([{ path: 'colour' }]);
  expect(await stored()).toBe(2);
});

it('keeps what keys mean, within a batch and from one to the next', async () => {
  const events = [
    lead(1, { idempotency_key: 'a' }),
    lead(1, { idempotency_key: 'a' }),
    lead(2, { idempotency_key: 'a' }),
  ];
  const [first, again, other] = (await trigger({ events })).results;
  expect(again).toEqual(first);
  expect(other).toMatchObject({ status: 409, code: 'idempotency_key_reused' });
  expect((await trigger({ events })).results[0]).toEqual(first);
  expect(await stored()).toBe(1);
});

it('keeps the digits of numbers', async () => {
  const headers = { authorization: `Bearer ${tokens.member}`, 'content-type': 'application/json' };
  browser.headers = new Headers(headers);
  const body = '{"events":[{"event_type":"lead.created","payload":{"id":9223372036854775807,"x":1e400}}]}';
  const request = new Request('http://app.test/api/webhooks/trigger/batch', {
    method: 'POST',
    headers,
    body,
  });
  expect((await triggerBatch(request, { params: Promise.resolve({}) })).status).toBe(202);
  const [row] = await stack.sql`select payload::text as text from webhook_events`;
  expect(row?.text).toBe('{"id":9223372036854775807,"x":1e400}');
});

it('refuses what is no batch', async () => {
  for (const body of [{}, { events: [] }, { events: {} }, { events: Array(1001).fill(lead(1)) }, [lead(1)]]) {
    expect(await trigger(body)).toMatchObject({ status: 422, body: { code: 'validation_failed' } });
  }
});

it('is nobody’s who may not trigger', { tags: ['publishable'] }, async () => {
  expect(await trigger({ events: [lead(1), lead(2)] }, 'stranger')).toMatchObject({
    status: 403,
    body: { code: 'forbidden' },
  });
  const nobody = await call(triggerBatch, '/api/webhooks/trigger/batch', { body: { events: [lead(1)] } });
  expect(nobody.status).toBe(401);
  expect(await stored()).toBe(0);
});

it('counts as many as it has events', async () => {
  const events = Array.from({ length: 1000 }, () => 0);
  const statuses = [];
  for (let n = 0; n < 6; n += 1) statuses.push((await trigger({ events })).status);
  expect(statuses).toContain(429);
});
