import type { DeliveryErrorKind } from './delivery';

/** Answers of a receiver that have the same cause and the same cure. */
export type StatusFamily =
  | 'informational' // 1xx as the final answer
  | 'unauthorized' // 401, 402, 403, 407
  | 'not_found' // 404
  | 'method_not_allowed' // 405, 501
  | 'timeout' // 408
  | 'too_large' // 413
  | 'headers_too_large' // 431, for which the seed's signature is the usual reason: it holds the whole body
  | 'unsupported' // 406, 415
  | 'unprocessable' // 400, 422
  | 'rate_limited' // 429
  | 'client_error' // the rest of 4xx
  | 'unavailable' // 502, 503, 504 and what proxies add to them
  | 'server_error'; // the rest of 5xx

const exact: Record<number, StatusFamily> = {
  400: 'unprocessable',
  401: 'unauthorized',
  402: 'unauthorized',
  403: 'unauthorized',
  404: 'not_found',
  405: 'method_not_allowed',
  406: 'unsupported',
  407: 'unauthorized',
  408: 'timeout',
  413: 'too_large',
  415: 'unsupported',
  422: 'unprocessable',
  429: 'rate_limited',
  431: 'headers_too_large',
  501: 'method_not_allowed',
  502: 'unavailable',
  503: 'unavailable',
  504: 'unavailable',
};

/** The family of an answer outside 2xx and 3xx (RFC 9110, section 15; 520 to 530 are proxies that reach no origin). */
export function statusFamily(status: number): StatusFamily {
  const family = exact[status];
  if (family) return family;
  if (status < 200) return 'informational';
  if (status < 500) return 'client_error';
  return status >= 520 && status <= 530 ? 'unavailable' : 'server_error';
}

/** The page of a webhook on which a failure can be mended; null where only the receiver can. */
export function remedyPage(
  kind: DeliveryErrorKind,
  status: number | null,
): 'settings' | 'transformation' | null {
  if (kind.startsWith('transform_') || kind === 'payload_too_large') return 'transformation';
  if (kind === 'status')
    return status !== null &&
      ['unauthorized', 'not_found', 'headers_too_large'].includes(statusFamily(status))
      ? 'settings'
      : null;
  const inSettings: DeliveryErrorKind[] = [
    'redirect',
    'gone',
    'dns',
    'address_refused',
    'connection_refused',
    'timeout',
    'response_invalid',
    'request_invalid',
  ];
  return inSettings.includes(kind) ? 'settings' : null;
}

/**
 * Whether a failure is about the one request (`refusal`), or about the receiver as a whole (`outage`: some in a row, and
 * it is spared for a while); twin of `fault` in a decision, for what is stored of it. Null: neither.
 */
export function failureNature(kind: DeliveryErrorKind, status: number | null): 'refusal' | 'outage' | null {
  if (kind === 'gone' || kind === 'redirect') return 'refusal';
  if (kind === 'status') return status !== null && isRefusal(status) ? 'refusal' : 'outage';
  if (kind.startsWith('transform_')) return null;
  return withoutReceiver.has(kind) ? null : 'outage';
}

const isRefusal = (status: number) => status >= 400 && status < 500 && status !== 408 && status !== 425;

const withoutReceiver: ReadonlySet<DeliveryErrorKind> = new Set([
  'throttled',
  'request_invalid',
  'payload_too_large',
  'webhook_deleted',
  'cancelled',
  'erased',
  'superseded',
]);
