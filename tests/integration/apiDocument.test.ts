import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { POST as createEventType } from '@/app/api/event-types/route';
import { GET as getDocument } from '@/app/api/openapi.json/route';
import { subscribableEventNames } from '@/lib/domain/eventTypes';
import { startTestStack, type TestStack } from '../support/database';
import { browser, call } from '../support/nextHeaders';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * The description of the API where it is asked for: it knows the registry's event types, and costs little to ask for again.
 */

let stack: TestStack;
const tokens = {} as Record<'admin' | 'member' | 'stranger', string>;
beforeAll(async () => {
  stack = await startTestStack();
  for (const caller of ['admin', 'member', 'stranger'] as const)
    tokens[caller] = await stack.accessToken(caller);
});
afterAll(() => stack.stop());
beforeEach(async () => {
  browser.jar.clear();
  await stack.sql`delete from webhook_event_types where kind = 'client'`;
});

const ask = (caller: keyof typeof tokens, headers: Record<string, string> = {}) =>
  call(getDocument, '/', { headers: { authorization: `Bearer ${tokens[caller]}`, ...headers } });

it('describes every event type of the registry, and a new one at once', async () => {
  const { status, headers, body } = await ask('member');
  expect([status, body.openapi]).toEqual([200, '3.1.1']);
  expect(Object.keys(body.webhooks as object)).toEqual(expect.arrayContaining(subscribableEventNames));

  const etag = headers.get('etag') ?? '';
  expect(await ask('member', { 'if-none-match': `"other", W/${etag}` })).toMatchObject({
    status: 304,
    body: {},
  });
  await call(createEventType, '/', {
    headers: { authorization: `Bearer ${tokens.admin}` },
    body: { name: 'client.created', sample: { id: '1' }, schema: 'infer' },
  });
  const after = await ask('member', { 'if-none-match': etag });
  expect(after.status).toBe(200);
  expect(after.body.webhooks).toHaveProperty(['client.created', 'post', 'requestBody']);
  expect(after.body).toHaveProperty(['components', 'schemas', 'event.client.created', 'properties', 'id'], {
    type: 'string',
  });
});

it('is for those who have a role', async () => {
  expect((await ask('stranger')).body.code).toBe('forbidden');
});
