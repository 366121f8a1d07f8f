import type { FieldError } from '@/lib/domain/errors';
import type { Webhook, WebhookInput } from '@/lib/domain/webhook';
import { webhookDefaults } from '@/lib/domain/webhookDefaults';
import { type ConditionRow, toCondition, toConditionRow } from './conditionValues';

type HeaderRow = { name: string; value: string };

/** What the form holds: headers as rows (a half-typed one may repeat a name), the timeout in seconds. */
export type WebhookFormValues = Omit<
  WebhookInput,
  'headers' | 'timeout_ms' | 'status' | 'conditions' | 'slug'
> & {
  conditions: ConditionRow[];
  headers: HeaderRow[];
  /** The headers' JSON text while that is how they are edited, else null. */
  headers_json: string | null;
  timeout_seconds: number;
};

/** The form of an existing webhook, or of a new one. */
export function toFormValues(webhook?: Partial<Webhook>): WebhookFormValues {
  const { headers, timeout_ms, events, ...rest } = {
    name: '',
    url: '',
    events: [],
    ...webhookDefaults,
    ...webhook,
  };
  return {
    name: rest.name,
    url: rest.url,
    description: rest.description,
    events,
    conditions: rest.conditions.map(toConditionRow),
    transform_enabled: rest.transform_enabled,
    transform_script: rest.transform_script,
    retry_enabled: rest.retry_enabled,
    max_retries: rest.max_retries,
    retry_refusals: rest.retry_refusals,
    retry_delay: rest.retry_delay,
    max_in_flight: rest.max_in_flight,
    rate_limit: rest.rate_limit,
    ordered: rest.ordered,
    order_waits: rest.order_waits,
    stale_retries: rest.stale_retries,
    skip_own_changes: rest.skip_own_changes,
    coalesce_seconds: rest.coalesce_seconds,
    seed_signature_enabled: rest.seed_signature_enabled,
    body_format: rest.body_format,
    timeout_seconds: timeout_ms / 1000,
    headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
    headers_json: null,
  };
}

/** What the API takes for what the form holds; rows that are wholly empty do not count. */
export function toInput({ headers, headers_json, timeout_seconds, conditions, ...rest }: WebhookFormValues) {
  return {
    ...rest,
    conditions: conditions.map(toCondition),
    headers: Object.fromEntries(filledRows(headers).map((row) => [row.name.trim(), row.value.trim()])),
    timeout_ms: Math.round(timeout_seconds * 1000),
  };
}

/** The rows in which something was typed. */
export const filledRows = (rows: HeaderRow[]) =>
  rows.filter((row) => row.name.trim() !== '' || row.value.trim() !== '');

/** Where the form shows an error that the API's schema reports under `path`. */
export function formPath(error: Pick<FieldError, 'path' | 'code'>, values: WebhookFormValues): string {
  const { path, code } = error;
  if (path === 'timeout_ms') return 'timeout_seconds';
  const side = /^(conditions\.\d+\.)value\.(from|to)$/.exec(path);
  if (side) return `${side[1]}${side[2]}`;
  if (path !== 'headers' && !path.startsWith('headers.')) return path;
  const name = path.slice('headers.'.length);
  const row = values.headers.findLastIndex((header) => header.name.trim() === name);
  if (values.headers_json !== null || row < 0) return 'headers_json';
  return `headers.${row}.${code.startsWith('header_value') ? 'value' : 'name'}`;
}
