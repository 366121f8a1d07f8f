'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useMemo } from 'react';
import type { DeliveryFilter, DeliveryStatus } from '@/lib/domain/delivery';
import { statsRangeNames } from '@/lib/domain/statsRange';

export const statusViews = ['all', 'success', 'in_progress', 'failed'] as const;
export type StatusView = (typeof statusViews)[number];

export const periods = ['1h', '24h', '7d', '30d'] as const;
type Period = (typeof periods)[number];
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
};

type FilterParam = 'status' | 'webhook_id' | 'event_type' | 'period' | 'from' | 'to' | 'q' | 'charts';

/** What the list is narrowed by. It lives in the URL: a link shows the same list. */
export function useDeliveryFilters(webhookId: string | undefined) {
  const params = useSearchParams();
  const pathname = usePathname();
  const read = (name: FilterParam) => params.get(name) ?? undefined;
  const status = statusView(read('status'));
  const period = periodChoice(read('period'), read('from'), read('to'));
  const values = {
    status,
    period,
    webhookId: webhookId ?? matching(read('webhook_id'), uuid),
    eventType: matching(read('event_type'), eventName),
    from: timeOrNone(read('from')),
    to: timeOrNone(read('to')),
    q: (read('q') ?? '').replaceAll('\0', '').slice(0, longestSearch),
    /** The range of the charts; undefined while they are closed. */
    charts: statsRangeNames.find((name) => name === read('charts')),
  };
  // A preset starts where it was chosen, so that the question stays the same while the list is open.
  const presetStart = useMemo(() => startOf(period), [period]);
  const filter: DeliveryFilter = withoutEmpty({
    webhook_id: values.webhookId,
    status: statusesOf[status],
    event_type: values.eventType,
    from: period === 'custom' ? values.from : presetStart,
    to: period === 'custom' ? values.to : undefined,
    q: values.q.trim() || undefined,
  });
  const set = (changes: Partial<Record<FilterParam, string | undefined>>) => {
    const next = new URLSearchParams(params);
    for (const [name, value] of Object.entries(changes)) value ? next.set(name, value) : next.delete(name);
    window.history.replaceState(null, '', withSearch(pathname, next.toString()));
  };
  const clear = () =>
    window.history.replaceState(
      null,
      '',
      withSearch(pathname, values.charts ? `charts=${values.charts}` : ''),
    );
  const narrowed = [...params.keys()].some((name) => name !== 'status' && name !== 'charts');
  return { ...values, filter, search: params.toString(), set, clear, narrowed };
}

export type DeliveryFilters = ReturnType<typeof useDeliveryFilters>;

export const withSearch = (path: string, search: string) => (search ? `${path}?${search}` : path);

/* A link that was cut or typed by hand narrows by what it makes sense of, and the API refuses nothing of it. */
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const eventName = /^[a-z_.]{1,64}$/;
const longestSearch = 200;

const matching = (text: string | undefined, pattern: RegExp) =>
  text !== undefined && pattern.test(text) ? text : undefined;

function statusView(text: string | undefined): StatusView {
  if (text === 'pending' || text === 'retrying') return 'in_progress';
  return statusViews.find((view) => view === text) ?? 'all';
}

function periodChoice(
  period: string | undefined,
  from: string | undefined,
  to: string | undefined,
): PeriodChoice {
  const preset = periods.find((name) => name === period);
  if (preset) return preset;
  return timeOrNone(from) || timeOrNone(to) ? 'custom' : 'all';
}

function startOf(period: PeriodChoice): string | undefined {
  if (period === 'all' || period === 'custom') return undefined;
  return new Date(Date.now() - periodMs[period]).toISOString();
}

function timeOrNone(text: string | undefined): string | undefined {
  const at = text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

function withoutEmpty<T extends object>(record: T): T {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as T;
}
