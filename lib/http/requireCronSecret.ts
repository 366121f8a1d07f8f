import { createHash, timingSafeEqual } from 'node:crypto';
import { WebhookError } from '@/lib/domain/errors';
import { env } from '@/lib/env';

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Lets only `Authorization: Bearer $CRON_SECRET` pass, compared in constant time.
 * @throws WebhookError `wrong_cron_secret`
 */
export function requireCronSecret(request: Request): void {
  const given = request.headers.get('authorization') ?? '';
  const expected = `Bearer ${env().CRON_SECRET}`;
  if (!timingSafeEqual(digest(given), digest(expected))) throw new WebhookError('wrong_cron_secret');
}
