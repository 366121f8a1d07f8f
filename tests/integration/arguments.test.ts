import type { SupabaseClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '../support/database';
import { addWebhook, dataOf, unknownId } from '../support/webhooks';

/*
 * Whoever may call a function may call it with anything: arguments beyond what the console could ask for are refused before
 * any work is done, with a hint that names the bound.
 */

let stack: TestStack;
let webhook: string;
const callers = ['stranger', 'member', 'admin', 'service'] as const;
type Caller = (typeof callers)[number];
const clients = {} as Record<Caller, SupabaseClient>;
beforeAll(async () => {
  stack = await startTestStack();
  webhook = await addWebhook(stack.sql);
  for (const caller of callers)
    clients[caller] = caller === 'service' ? stack.adminClient() : await stack.clientFor(caller);
});
afterAll(() => stack.stop());

const ids = (count: number) => Array.from({ length: count }, unknownId);
const lead = { event_type: 'lead.created', payload: { id: '1' } };
const everybody = callers;
const members = ['member', 'admin'] as const;

type Case = [
  name: string,
  what: string,
  args: () => Record<string, unknown>,
  refused: readonly Caller[],
  code?: string,
];
const cases: Case[] = [
  ...[0, -1, 401, 2_000_000_000, null].map(
    (periods): Case => [
      'webhook_statistics',
      `${periods} periods`,
      () => ({ step: '1 hour', periods }),
      everybody,
    ],
  ),
  ...['0', '-1 day', '1 millisecond', '59 minutes', '8 days', '1 year', null].map(
    (step): Case => ['webhook_statistics', `a step of ${step}`, () => ({ step, periods: 1 }), everybody],
  ),
  ...['infinity', '-infinity', '1999-12-31T00:00:00Z'].map(
    (until): Case => [
      'webhook_statistics',
      `until ${until}`,
      () => ({ step: '1 hour', periods: 1, until }),
      everybody,
    ],
  ),
  ['list_webhook_activity', '1,001 ids', () => ({ webhook_ids: ids(1001) }), everybody],
  ...[0, 1001, 2_000_000_000, null].map(
    (most): Case => ['search_webhook_deliveries', `${most} hits`, () => ({ words: ['x'], most }), everybody],
  ),
  ['search_webhook_deliveries', '101 words', () => ({ words: Array(101).fill('x'), most: 1 }), everybody],
  ['search_webhook_deliveries', 'a long word', () => ({ words: ['x'.repeat(201)], most: 1 }), everybody],
  [
    'search_webhook_deliveries',
    '11 statuses',
    () => ({ words: ['x'], most: 1, statuses: Array(11).fill('failed') }),
    everybody,
  ],
  [
    'search_webhook_deliveries',
    '101 kinds',
    () => ({ words: ['x'], most: 1, kinds: Array(101).fill('dns') }),
    everybody,
  ],
  ...['8 days', '-1 second', null].map(
    (overlap): Case => [
      'rotate_webhook_secret',
      `an overlap of ${overlap}`,
      () => ({ webhook_id: webhook, secret: 'signing_secret', overlap }),
      ['admin', 'service'],
    ],
  ),
  ['redeliver_webhook_deliveries', '1,001 ids', () => ({ delivery_ids: ids(1001) }), ['admin']],
  ['redeliver_webhook_deliveries', '5,001 ids', () => ({ delivery_ids: ids(5001) }), ['admin', 'service']],
  ...[[], Array(101).fill('dns'), ['x'.repeat(101)]].map(
    (kinds): Case => [
      'replay_failed_deliveries',
      `${kinds.length} kinds`,
      () => ({ since: '2026-01-01T00:00:00Z', kinds }),
      ['admin', 'service'],
    ],
  ),
  ['cancel_webhook_deliveries', '1,001 ids', () => ({ delivery_ids: ids(1001) }), ['admin', 'service']],
  ['emit_webhook_events', '1,001 events', () => ({ events: Array(1001).fill(lead) }), members],
  [
    'upload_crm_file',
    'more than 1 MiB',
    () => ({ nom: 'x', type_mime: 'a/b', lead_id: null, content_base64: 'A'.repeat(1_500_004) }),
    everybody,
    'request_too_large',
  ],
];

it.each(cases)('%s refuses %s', async (name, _what, args, refused, message = 'validation_failed') => {
  for (const caller of refused) {
    const began = performance.now();
    const { error } = await clients[caller].rpc(name, args());
    expect([caller, error]).toMatchObject([caller, { code: '22023', message, hint: expect.any(String) }]);
    expect(performance.now() - began).toBeLessThan(2000);
  }
});

it.each<Case>([
  ['webhook_statistics', 'step', () => ({ step: 'infinity', periods: 1 }), everybody],
  [
    'rotate_webhook_secret',
    'overlap',
    () => ({ webhook_id: webhook, secret: 'signing_secret', overlap: 'infinity' }),
    ['admin', 'service'],
  ],
])('%s refuses a %s without end', async (name, _what, args, refused) => {
  // Before Postgres 17 the type itself knows none.
  for (const caller of refused)
    expect((await clients[caller].rpc(name, args())).error?.code).toMatch(/^(22023|22007)$/);
});

describe('the bounds themselves are taken', () => {
  const taken: [name: string, args: () => Record<string, unknown>][] = [
    ['webhook_statistics', () => ({ step: '7 days', periods: 400 })],
    ['webhook_statistics', () => ({ step: '1 hour', periods: 400, time_zone: 'Asia/Kathmandu' })],
    ['list_webhook_activity', () => ({ webhook_ids: ids(1000) })],
    ['search_webhook_deliveries', () => ({ words: ['x'.repeat(200)], most: 1000 })],
    ['rotate_webhook_secret', () => ({ webhook_id: webhook, secret: 'signing_secret', overlap: '7 days' })],
    ['rotate_webhook_secret', () => ({ webhook_id: webhook, secret: 'signing_secret', overlap: '0' })],
    ['redeliver_webhook_deliveries', () => ({ delivery_ids: ids(1000) })],
    ['emit_webhook_events', () => ({ events: Array(1000).fill(lead) })],
  ];
  it.each(taken)('%s', async (name, args) => {
    expect((await clients.admin.rpc(name, args())).error).toBeNull();
  });
});

it('moments before 1970 and beyond every clock have a place among the ids', async () => {
  const [row] = await stack.sql`
    select webhook_uuid_v7_floor('-infinity') = webhook_uuid_v7_floor('1969-12-31T23:59:59Z') as before,
      webhook_uuid_v7_floor('1969-12-31T23:59:59Z') = webhook_uuid_v7_floor('1970-01-01T00:00:00Z') as first,
      webhook_uuid_v7_floor('infinity') > webhook_uuid_v7_floor('9999-12-31T00:00:00Z') as last,
      webhook_uuid_v7_floor(null) is null as none`;
  expect(row).toEqual({ before: true, first: true, last: true, none: true });
  for (const since of ['-infinity', '0001-01-01T00:00:00Z', '1969-12-31T00:00:00Z', 'infinity'])
    expect(dataOf(await clients.admin.rpc('count_failed_deliveries', { since }))).toEqual({
      count: 0,
      capped: false,
    });
});
