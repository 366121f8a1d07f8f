import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { adminClient } from '@/lib/store/adminClient';
import { emitEvents } from '@/lib/store/eventStore';
import { freePort } from '../../scripts/stack/freePort';
import { startTestStack, type TestStack } from '../support/database';
import { addWebhook, waitForBlocked } from '../support/webhooks';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());
beforeEach(
  () =>
    stack.sql`truncate webhooks, webhook_secrets, webhook_pace, webhook_marks, webhook_health, webhook_events, webhook_queue, webhook_idempotency_keys`,
);

const lead = (payload: unknown) => ({ event_type: 'lead.created', payload });

describe('emitEvents', () => {
  it('answers events and deliveries in order', async () => {
    await addWebhook(stack.sql);
    const answers = await emitEvents(adminClient(), [
      { event_type: 'file.deleted', payload: {} },
      { ...lead({}), idempotency_key: 'a' },
      { ...lead({}), idempotency_key: undefined },
    ]);
    expect(answers.map(({ deliveries }) => deliveries)).toEqual([0, 1, 1]);
    expect(await emitEvents(adminClient(), [])).toEqual([]);
  });

  it.each([
    [
      'strings that look like JSON',
      { a: '{"b":1}', b: '[1]', c: '"x"', d: 'null', e: 'true', f: '1e3', g: '' },
    ],
    [
      'nested quotes and backslashes',
      { a: '"\'`\\"\\\\"', b: 'C:\\new\\table', c: '\\u0041', d: '$1 $$ %s ?' },
    ],
    ['numbers', { a: [0, -1, 1.5, 1e-7, 1e21, Number.MAX_SAFE_INTEGER] }],
    [
      'unicode',
      { é: '👩🏽‍🚀', '\u2028': 'e\u0301', rtl: 'שלום', bom: '\uFEFF', control: '\u0001\u001f\u007f' },
    ],
    ['structures', { a: [[], {}, [null, [false]]], '': { ' ': 0 } }],
    [
      'keys that JavaScript treats apart',
      JSON.parse('{"__proto__":{"a":1},"constructor":2,"length":3,"toJSON":4}'),
    ],
  ])('stores exactly the text of %s', async (_what, payload) => {
    const [answer] = await emitEvents(adminClient(), [lead(payload)]);
    const [row] =
      await stack.sql`select payload::text as text from webhook_events where id = ${answer?.event_id ?? ''}`;
    expect(row?.text).toBe(JSON.stringify(payload));
  });

  it.each([
    ['unknown_event', { event_type: 'lead.exploded', payload: {} }],
    ['payload_too_large', lead('x'.repeat(262_143))],
    ['payload_not_json', lead(null)],
    ['payload_not_json', lead(undefined)],
    ['payload_not_json', lead({ nom: 'a\0b' })],
    ['payload_not_json', lead({ 'a\0b': 1 })],
    ['payload_not_json', lead({ nom: '👩'.slice(0, 1) })],
  ])('rejects with the code %s and stores nothing of the batch', async (code, event) => {
    await expect(emitEvents(adminClient(), [lead({}), event])).rejects.toMatchObject({
      name: 'WebhookError',
      code,
    });
    expect(await stack.sql`select from webhook_events`).toHaveLength(0);
  });

  it('rejects with forbidden for a person without a role, and for nobody', async () => {
    for (const caller of ['stranger', 'anonymous'] as const) {
      const refused = emitEvents(await stack.clientFor(caller), [lead({})]);
      await expect(refused).rejects.toMatchObject({ code: 'forbidden', status: 403 });
    }
  });

  it('rejects with timeout when the database gave up waiting', async () => {
    await stack.sql.begin(async (transaction) => {
      await transaction`lock table webhook_events in access exclusive mode`;
      const refused = expect(emitEvents(adminClient(), [lead({})])).rejects.toMatchObject({
        code: 'timeout',
      });
      await waitForBlocked(stack.sql);
      await stack.sql`
        select pg_cancel_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'supabase-api' and wait_event_type = 'Lock'`;
      await refused;
    });
    expect(await stack.sql`select from webhook_events`).toHaveLength(0);
  });

  it('rejects with database_unavailable when nobody answers', async () => {
    const nobody = createClient(`http://127.0.0.1:${await freePort()}`, stack.secretKey);
    await expect(emitEvents(nobody, [lead({})])).rejects.toMatchObject({
      code: 'database_unavailable',
      status: 503,
    });
  });
});
