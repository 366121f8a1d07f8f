import { beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { webhookSchema } from '@/lib/domain/webhook';
import { readablePage, readableRows } from '@/lib/store/readableRows';
import { holdLog } from '../support/heldLog';

const row = z.object({ id: z.string(), headers: webhookSchema.shape.headers });
const good = (id: string) => ({ id, headers: { 'X-Token': 'a' } });
const bad = (id: string) => ({ id, headers: { 'X-Token': null } });

let log: Record<string, unknown>[];
beforeEach(() => {
  log = holdLog();
});

test('an unreadable row costs itself only, and the log names it', () => {
  const rows = [good('1'), bad('2'), { id: '3' }, null, 'text', good('4')];
  expect(readableRows(row, rows, 'webhooks').map(({ id }) => id)).toEqual(['1', '4']);
  expect(log.map(({ msg, id }) => [msg, id])).toEqual([
    ['unreadable row of webhooks', '2'],
    ['unreadable row of webhooks', '3'],
    ['unreadable row of webhooks', undefined],
    ['unreadable row of webhooks', undefined],
  ]);
  // What the row holds may be secret.
  expect(JSON.stringify(log)).not.toContain('"a"');
});

test.each([
  ['in the middle', [good('3'), bad('2'), good('1')], ['3'], '2'],
  ['at the end of a page', [bad('3'), bad('2'), good('1')], [], '2'],
  ['after the page', [good('3'), good('2'), bad('1')], ['3', '2'], '2'],
])('an unreadable row %s hides no later page', (_where, rows, ids, cursor) => {
  const page = readablePage(row, rows, 'webhooks', 2);
  expect(page.items.map(({ id }) => id)).toEqual(ids);
  expect(page.next_cursor).toBe(cursor);
});

test('the last page has no next one', () => {
  expect(readablePage(row, [good('1'), good('2')], 'webhooks', 2).next_cursor).toBeNull();
});
