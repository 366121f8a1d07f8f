import { createClient } from '@supabase/supabase-js';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseExactly } from '@/lib/domain/jsonText';
import { adminClient } from '@/lib/store/adminClient';
import { unwrap } from '@/lib/store/storeError';
import { freePort } from '../../scripts/stack/machine/freePort';
import { startTestStack, superuserUrl, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { emitAs, waitForBlocked } from '../support/webhooks';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());
beforeEach(() =>
  emptyTables(
    stack.sql,
    'webhooks, webhook_secrets, webhook_pace, webhook_marks, webhook_health, webhook_events, webhook_queue, webhook_idempotency_keys',
  ),
);

const lead = (payload: unknown) => ({ event_type: 'lead.created', payload: JSON.stringify(payload) });

describe('emitEvent', () => {
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
    [
      'numbers that a double would change',
      parseExactly('{"id":9223372036854775807,"x":[1e400,0.10000000000000000001]}'),
    ],
    ['structures', { a: [[], {}, [null, [false]]], '': { ' ': 0 } }],
    [
      'keys that JavaScript treats apart',
      JSON.parse('{"__proto__":{"a":1},"constructor":2,"length":3,"toJSON":4}'),
    ],
  ])('stores exactly the text of %s', async (_what, payload) => {
    const { event_id } = await emitAs(adminClient(), lead(payload));
    const [row] = await stack.sql`select payload::text as text from webhook_events where id = ${event_id}`;
    expect(row?.text).toBe(JSON.stringify(payload));
  });

  it.each([
    ['unknown_event', { event_type: 'lead.exploded', payload: '{}' }],
    ['payload_too_large', lead('x'.repeat(262_143))],
    ['payload_not_json', lead(null)],
    ['payload_not_json', { ...lead({}), payload: '{' }],
    ['payload_not_json', lead({ nom: 'a\0b' })],
    ['payload_not_json', lead({ 'a\0b': 1 })],
    ['payload_not_json', lead({ nom: '👩'.slice(0, 1) })],
    ['payload_not_json', lead([['\uDE00']])],
    ['payload_too_deep', lead(JSON.parse('['.repeat(201) + ']'.repeat(201)))],
    ['validation_failed', { ...lead({}), idempotency_key: 'x'.repeat(256) }],
  ])('rejects with the code %s and stores nothing', async (code, event) => {
    await expect(emitAs(adminClient(), event)).rejects.toMatchObject({ name: 'WebhookError', code });
    expect(await stack.sql`select from webhook_events`).toHaveLength(0);
  });

  it('rejects with forbidden for a person without a role, and for nobody', {
    tags: ['publishable'],
  }, async () => {
    for (const caller of ['stranger', 'anonymous'] as const) {
      const refused = emitAs(await stack.clientFor(caller), lead({}));
      await expect(refused).rejects.toMatchObject({ code: 'forbidden', status: 403 });
    }
  });

  it('rejects with idempotency_key_reused, 409, for another payload under the same key', async () => {
    const first = await emitAs(adminClient(), { ...lead({ n: 1 }), idempotency_key: 'a' });
    const refused = emitAs(adminClient(), { ...lead({ n: 2 }), idempotency_key: 'a' });
    await expect(refused).rejects.toMatchObject({ code: 'idempotency_key_reused', status: 409 });
    expect(await stack.sql`select id from webhook_events`).toEqual([{ id: first.event_id }]);
  });

  it('says payload_too_deep where the parser of Postgres gave up before', async () => {
    const cast = stack.sql`select emit_webhook_event('lead.created', ${'['.repeat(100_000)}::text::json)`;
    const error = await cast.then(
      () => null,
      (refusal) => refusal,
    );
    expect(() => unwrap({ data: null, error })).toThrow(
      expect.objectContaining({ code: 'payload_too_deep' }),
    );
  });

  it('rejects with timeout when the database gave up waiting', { tags: ['local'] }, async () => {
    const operator = postgres(superuserUrl(stack), { max: 1 });
    await stack.sql.begin(async (transaction) => {
      await transaction`lock table webhook_events in access exclusive mode`;
      const refused = expect(emitAs(adminClient(), lead({}))).rejects.toMatchObject({
        code: 'timeout',
      });
      await waitForBlocked(stack.sql);
      await operator`
        select pg_cancel_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'supabase-api' and wait_event_type = 'Lock'`;
      await refused;
    });
    await operator.end();
    expect(await stack.sql`select from webhook_events`).toHaveLength(0);
  });

  it('rejects with database_unavailable when nobody answers', async () => {
    const nobody = createClient(`http://127.0.0.1:${await freePort()}`, stack.secretKey);
    await expect(emitAs(nobody, lead({}))).rejects.toMatchObject({
      code: 'database_unavailable',
      status: 503,
    });
  });
});
