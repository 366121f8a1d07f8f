import type { DeliveryFilter, ReplayRange } from '@/lib/domain/delivery';

/** Before all deliveries: their ids count from here. */
const first = new Date(0).toISOString();

/**
 * The failures among what a list is narrowed to, as a replay takes them; null where a list says more than a replay can:
 * words, a record, or that nothing failed is wanted.
 * @param now what fails later is not part of it: ISO 8601
 */
export function replayRangeOf(filter: DeliveryFilter, now: string): ReplayRange | null {
  const { q, record_id, status, from = first, to = now, ...narrowing } = filter;
  if (q || record_id || (status && !status.includes('failed'))) return null;
  return { ...narrowing, from, to: to < now ? to : now };
}
