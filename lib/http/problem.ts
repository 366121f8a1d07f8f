import { type ErrorCode, WebhookError } from '@/lib/domain/errors';
import { logger } from '@/lib/telemetry/logger';

/** The answer for an error: RFC 9457 problem details. Anything unexpected is logged and answered as `internal`. */
export function problemResponse(error: unknown): Response {
  const expected = error instanceof WebhookError ? error : unexpected(error);
  return Response.json(expected.toProblem(), {
    status: expected.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(expected.retryAfter === undefined ? {} : { 'retry-after': String(expected.retryAfter) }),
    },
  });
}

function unexpected(error: unknown): WebhookError {
  logger().error({ err: error }, 'a request failed unexpectedly');
  const code: ErrorCode = 'internal';
  return new WebhookError(code);
}
