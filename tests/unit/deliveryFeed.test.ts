import { expect, test } from 'vitest';
import { applyPage, type DeliveryFeed, emptyFeed, refreshFeed } from '@/lib/api/deliveryFeed';
import type { Delivery, DeliveryStatus } from '@/lib/domain/delivery';

const id = (n: number) => `01a20a7c-0000-7000-8000-${String(n).padStart(12, '0')}`;
const row = (n: number, status: DeliveryStatus = 'success') => ({ id: id(n), status }) as Delivery;

/** A server with these rows, newest first, that keeps account of what it was asked. */
function serverOf(rows: Delivery[]) {
  const asked: (string | null)[] = [];
  const fetch = async (cursor: string | null, limit: number) => {
    asked.push(cursor);
    const rest = rows.filter((one) => cursor === null || one.id < cursor);
    const items = rest.slice(0, limit);
    return { items, next_cursor: rest.length > limit ? (items.at(-1)?.id ?? null) : null };
  };
  return { fetch, asked };
}

const range = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, index) => row(from - index));
const idsOf = (feed: DeliveryFeed) => feed.rows.map((one) => one.id);

test('a page speaks for its range: what it lacks is gone, what lies outside stays', () => {
  const feed = { rows: [row(9), row(7), row(5), row(3)], nextCursor: id(3) };
  const page = { items: [row(6), row(5)], next_cursor: id(5) };
  expect(applyPage(feed, id(9), page)).toEqual({
    rows: [row(9), row(6), row(5), row(3)],
    nextCursor: id(3),
  });
  expect(applyPage(feed, null, { items: [], next_cursor: null })).toEqual(emptyFeed);
});

test('new rows come on top and older ones stay loaded', async () => {
  const { fetch, asked } = serverOf(range(320, 1));
  const before = { rows: range(300, 101), nextCursor: id(101) };
  const after = await refreshFeed(() => before, fetch);
  expect(idsOf(after)).toEqual(range(320, 101).map((one) => one.id));
  expect(after.nextCursor).toBe(id(101));
  expect(asked).toEqual([null]);
});

test('many new rows are caught up with; too many start the feed again', async () => {
  const before = { rows: range(300, 251), nextCursor: id(251) };
  const caughtUp = await refreshFeed(() => before, serverOf(range(600, 1)).fetch);
  expect(caughtUp).toEqual({ rows: range(600, 151), nextCursor: id(151) });
  const restarted = await refreshFeed(() => before, serverOf(range(3000, 1)).fetch);
  expect(restarted.rows).toHaveLength(650);
  expect(restarted.nextCursor).toBe(restarted.rows.at(-1)?.id);
});

test('a row under way far down is asked for again, and only its stretch', async () => {
  const before = {
    rows: range(300, 1).map((one) => (one.id === id(40) ? row(40, 'retrying') : one)),
    nextCursor: null,
  };
  const { fetch, asked } = serverOf(range(300, 1));
  const after = await refreshFeed(() => before, fetch);
  expect(asked).toEqual([null, id(41)]);
  expect(after.rows.find((one) => one.id === id(40))?.status).toBe('success');
  expect(after.rows).toHaveLength(300);
});

test('rows that were loaded during the requests are kept', async () => {
  let current: DeliveryFeed = { rows: range(100, 51), nextCursor: id(51) };
  const server = serverOf(range(100, 1));
  const after = await refreshFeed(
    () => current,
    async (cursor, limit) => {
      const page = await server.fetch(cursor, limit);
      current = { rows: range(100, 21), nextCursor: id(21) };
      return page;
    },
  );
  expect(after).toEqual({ rows: range(100, 21), nextCursor: id(21) });
});
