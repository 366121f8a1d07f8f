import { createHash, timingSafeEqual } from 'node:crypto';
import { type ErrorCode, WebhookError } from '@/lib/domain/errors';
import { env } from '@/lib/env';

/**
 * Lets only `Authorization: Bearer $CRON_SECRET` pass.
 * @throws WebhookError `wrong_cron_secret`
 */
export function requireCronSecret(request: Request): void {
  requireBearer(request, env().CRON_SECRET, 'wrong_cron_secret');
}

/**
 * Lets only `Authorization: Bearer $METRICS_TOKEN` pass.
 * @throws WebhookError `wrong_metrics_token`; `not_found` when no token is configured
 */
export function requireMetricsToken(request: Request): void {
  const token = env().METRICS_TOKEN;
  if (token === undefined) throw new WebhookError('not_found');
  requireBearer(request, token, 'wrong_metrics_token');
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Compares in constant time. */
function requireBearer(request: Request, secret: string, refusal: ErrorCode): void {
  const given = request.headers.get('authorization') ?? '';
  if (!timingSafeEqual(digest(given), digest(`Bearer ${secret}`))) throw new WebhookError(refusal);
}
