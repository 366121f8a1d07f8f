import type { DeliveryFilter, DeliveryStatus } from '@/lib/domain/delivery';
import { searchTerm } from '@/lib/domain/searchTerm';
import { statsRangeNames } from '@/lib/domain/statsRange';
import { isoTimeOf } from '../../ui/localInputTime';

export const statusViews = ['all', 'success', 'in_progress', 'failed', 'skipped'] as const;
export type StatusView = (typeof statusViews)[number];

export const periods = ['1h', '24h', '7d', '30d'] as const;
type Period = (typeof periods)[number];
/** `custom` stays chosen while neither of its ends is known: somebody is typing them. */
export type PeriodChoice = Period | 'all' | 'custom';

const periodMs: Record<Period, number> = {
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
};

const statusesOf: Record<StatusView, DeliveryStatus[] | undefined> = {
  all: undefined,
  success: ['success'],
  in_progress: ['pending', 'retrying'],
  failed: ['failed'],
  skipped: ['skipped'],
};

/**
 * What the address of the list says. One that was cut, or typed by hand, narrows by what it makes sense of, and the
 * API refuses nothing of it.
 */
export function readDeliveryParams(params: URLSearchParams) {
  const read = (name: string) => params.get(name) ?? undefined;
  const from = isoTimeOf(read('from') ?? '');
  const to = isoTimeOf(read('to') ?? '');
  return {
    status: statusView(read('status')),
    period: periodChoice(read('period'), from !== undefined || to !== undefined),
    webhookId: matching(read('webhook_id'), uuid),
    eventType: matching(read('event_type'), eventName),
    /** ISO 8601, of the years that it can write. */
    from,
    to,
    q: searchTerm(read('q') ?? ''),
    /** The range of the charts; undefined while they are closed. */
    charts: statsRangeNames.find((name) => name === read('charts')),
  };
}

export type DeliveryParams = ReturnType<typeof readDeliveryParams>;

/**
 * What the API is asked for.
 * @param presetStart from when on, where the period is a preset: ISO 8601
 */
export function toDeliveryFilter(params: DeliveryParams, presetStart: string | undefined): DeliveryFilter {
  const { webhookId, status, eventType, period, from, to, q } = params;
  const statuses = statusesOf[status];
  const since = period === 'custom' ? from : presetStart;
  return {
    ...(webhookId && { webhook_id: webhookId }),
    ...(statuses && { status: statuses }),
    ...(eventType && { event_type: eventType }),
    ...(since && { from: since }),
    ...(period === 'custom' && to && { to }),
    ...(q && { q }),
  };
}

/** When a preset began, counted back from `now` (milliseconds since 1970); undefined for the other choices. */
export function startOf(period: PeriodChoice, now: number): string | undefined {
  return period === 'all' || period === 'custom' ? undefined : new Date(now - periodMs[period]).toISOString();
}

const uuid = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i;
const eventName = /^[a-z_.]{1,64}$/;

const matching = (text: string | undefined, pattern: RegExp) =>
  text !== undefined && pattern.test(text) ? text : undefined;

function statusView(text: string | undefined): StatusView {
  if (text === 'pending' || text === 'retrying') return 'in_progress';
  return statusViews.find((view) => view === text) ?? 'all';
}

function periodChoice(period: string | undefined, ended: boolean): PeriodChoice {
  return periods.find((name) => name === period) ?? (period === 'custom' || ended ? 'custom' : 'all');
}
