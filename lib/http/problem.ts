import { type ErrorCode, type Problem, WebhookError } from '@/lib/domain/errors';
import { logger } from '@/lib/telemetry/logger';

/** The answer for an error: RFC 9457 problem details. Anything unexpected is logged and answered as `internal`. */
export function problemResponse(error: unknown): Response {
  const expected = expectedOf(error);
  return Response.json(expected.toProblem(), {
    status: expected.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...(expected.retryAfter === undefined ? {} : { 'retry-after': String(expected.retryAfter) }),
    },
  });
}

/** The same of one thing among others. */
export const problemOf = (error: unknown): Problem => expectedOf(error).toProblem();

function expectedOf(error: unknown): WebhookError {
  if (error instanceof WebhookError) return error;
  logger().error({ err: error }, 'a request failed unexpectedly');
  const code: ErrorCode = 'internal';
  return new WebhookError(code);
}
