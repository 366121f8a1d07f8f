import type { Delivery } from '@/lib/domain/delivery';
import { isFinal } from '@/lib/domain/deliveryStatus';
import type { Page } from '@/lib/domain/page';

/** Every delivery known so far, newest first, and where to go on; null at the end. */
export type DeliveryFeed = { rows: Delivery[]; nextCursor: string | null };

/** Asks for the deliveries older than `cursor`; with null for the newest. */
export type FetchDeliveries = (cursor: string | null, limit: number) => Promise<Page<Delivery>>;

export const emptyFeed: DeliveryFeed = { rows: [], nextCursor: null };

const pageSize = 50;
const catchUpSize = 200;
/** More new rows than this between two looks, and the feed starts again from the newest. */
const catchUpPages = 3;
/** Older pages that are asked for again at one look. */
const olderPages = 3;

/** True until the delivery is final. */
export const isUnderWay = ({ status }: Pick<Delivery, 'status'>) => !isFinal(status);

/**
 * Takes in what a page says. A page speaks for its whole range of ids, so that rows which are no longer in it are gone,
 * and rows outside it stay where they are.
 */
export function applyPage(feed: DeliveryFeed, cursor: string | null, page: Page<Delivery>): DeliveryFeed {
  const end = page.next_cursor;
  const newer = cursor === null ? [] : feed.rows.filter((row) => row.id >= cursor);
  const older = end === null ? [] : feed.rows.filter((row) => row.id < end);
  return {
    rows: [...newer, ...page.items, ...older],
    nextCursor: older.length > 0 ? feed.nextCursor : end,
  };
}

/**
 * Brings a feed up to date without asking for all of it: the newest rows down to those already known, then those
 * stretches further down in which something is still under way.
 * @param current reads the feed at the moment of writing: it may have grown during the requests
 */
export async function refreshFeed(
  current: () => DeliveryFeed,
  fetch: FetchDeliveries,
): Promise<DeliveryFeed> {
  const before = current();
  const newest = before.rows[0]?.id;
  const pages: [cursor: string | null, page: Page<Delivery>][] = [];
  const ask = async (cursor: string | null, limit: number) => {
    const page = await fetch(cursor, limit);
    pages.push([cursor, page]);
    return page.next_cursor;
  };
  let end = await ask(null, pageSize);
  for (let n = 0; n < catchUpPages && newest && end !== null && end > newest; n++)
    end = await ask(end, catchUpSize);
  const gap = newest !== undefined && end !== null && end > newest;
  if (!gap) await askForUnderWay(before.rows, end, ask);
  return pages.reduce((feed, [cursor, page]) => applyPage(feed, cursor, page), gap ? emptyFeed : current());
}

async function askForUnderWay(
  rows: Delivery[],
  covered: string | null,
  ask: (cursor: string | null, limit: number) => Promise<string | null>,
) {
  let end = covered;
  for (let n = 0; n < olderPages && end !== null; n++) {
    const limit: string = end;
    const index = rows.findIndex((row) => row.id < limit && isUnderWay(row));
    if (index < 0) return;
    const above = rows[index - 1]?.id ?? limit;
    end = await ask(above < limit ? above : limit, catchUpSize);
  }
}

/** The feed with some of its rows changed, for showing at once what the server is about to say. */
export function patchFeed(
  feed: DeliveryFeed,
  changes: (row: Delivery) => Partial<Delivery> | undefined,
): DeliveryFeed {
  return {
    ...feed,
    rows: feed.rows.map((row) => {
      const change = changes(row);
      return change ? { ...row, ...change } : row;
    }),
  };
}
