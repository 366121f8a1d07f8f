import { createLoader, createParser, createSerializer, type inferParserType } from 'nuqs/server';
import type { DeliveryFilter, DeliveryStatus } from '@/lib/domain/delivery';
import { deliveryErrorKinds } from '@/lib/domain/deliveryErrorKinds';
import { searchTerm } from '@/lib/domain/searchTerm';
import { statsRangeNames } from '@/lib/domain/statsRange';
import { statusCodePattern } from '@/lib/domain/statusCode';
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

const uuid = /^[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/i;
const eventName = /^[a-z\d_.]{1,100}$/;

const read = <T extends string>(parse: (text: string) => T | undefined) =>
  createParser<T>({ parse: (text) => parse(text) || null, serialize: String });
const oneOf = <T extends string>(names: readonly T[]) => read((text) => names.find((name) => name === text));
const like = (pattern: RegExp) => read((text) => (pattern.test(text) ? text : undefined));

/**
 * What the address of the list says. One that was cut, or typed by hand, narrows by what it makes sense of, and the
 * API refuses nothing of it.
 */
export const deliveryParsers = {
  status: read(statusView),
  period: oneOf([...periods, 'custom']),
  webhook_id: like(uuid),
  event_type: like(eventName),
  status_code: like(statusCodePattern),
  error_kind: oneOf(deliveryErrorKinds),
  /** The `id` of a payload, to the letter. */
  record_id: read(recordId),
  /** ISO 8601, of the years that it can write. */
  from: read(isoTimeOf),
  to: read(isoTimeOf),
  q: read(searchTerm),
  /** The range of the charts; null while they are closed. */
  charts: oneOf(statsRangeNames),
};

export type DeliveryAddress = inferParserType<typeof deliveryParsers>;

/** Reads an address of the list, where there is no browser. */
export const deliveryAddressOf = createLoader(deliveryParsers);

/** The query of an address of the list, `?` included; empty for none. */
export const deliverySearch = createSerializer(deliveryParsers);

type PeriodAddress = Pick<DeliveryAddress, 'period' | 'from' | 'to'>;

/** Which period an address means: a link with an end alone has a chosen one. */
export const periodOf = ({ period, from, to }: PeriodAddress): PeriodChoice =>
  period ?? (from || to ? 'custom' : 'all');

/** What the address says once a period is chosen. One of one's own starts from its ends, or a day ago (`now`: milliseconds since 1970). */
export function chosenPeriod(next: PeriodChoice, ends: Omit<PeriodAddress, 'period'>, now: number) {
  const own = next === 'custom';
  return {
    period: next === 'all' ? null : next,
    from: own ? (ends.from ?? startOf('24h', now) ?? null) : null,
    to: own ? ends.to : null,
  } satisfies PeriodAddress;
}

/** What an address of the list means. */
export function readDeliveryParams(address: DeliveryAddress) {
  const from = address.from ?? undefined;
  const to = address.to ?? undefined;
  return {
    status: address.status ?? ('all' as const),
    period: periodOf(address),
    webhookId: address.webhook_id ?? undefined,
    eventType: address.event_type ?? undefined,
    statusCode: address.status_code ?? undefined,
    errorKind: address.error_kind ?? undefined,
    recordId: address.record_id ?? undefined,
    from,
    to,
    q: address.q ?? '',
    charts: address.charts ?? undefined,
  };
}

export type DeliveryParams = ReturnType<typeof readDeliveryParams>;

/**
 * What the API is asked for.
 * @param presetStart from when on, where the period is a preset: ISO 8601
 */
export function toDeliveryFilter(params: DeliveryParams, presetStart: string | undefined): DeliveryFilter {
  const { webhookId, status, eventType, statusCode, errorKind, recordId, period, from, to, q } = params;
  const statuses = statusesOf[status];
  const since = period === 'custom' ? from : presetStart;
  return {
    ...(webhookId && { webhook_id: webhookId }),
    ...(statuses && { status: statuses }),
    ...(eventType && { event_type: eventType }),
    ...(statusCode && { status_code: statusCode }),
    ...(errorKind && { error_kind: [errorKind] }),
    ...(recordId && { record_id: recordId }),
    ...(since && { from: since }),
    ...(period === 'custom' && to && { to }),
    ...(q && { q }),
  };
}

/** When a preset began, counted back from `now` (milliseconds since 1970); undefined for the other choices. */
export function startOf(period: PeriodChoice, now: number): string | undefined {
  return period === 'all' || period === 'custom' ? undefined : new Date(now - periodMs[period]).toISOString();
}

/** What Postgres can hold, and the API takes: nothing is cut, an id is meant to the letter. */
function recordId(text: string): string | undefined {
  return text.length <= 200 && !text.includes('\0') && text.isWellFormed() ? text : undefined;
}

function statusView(text: string): StatusView | undefined {
  if (text === 'pending' || text === 'retrying') return 'in_progress';
  return statusViews.find((view) => view === text);
}
