import { WebhookError } from '@/lib/domain/errors';

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses state-changing requests that a browser sends on another site's behalf. Callers with a bearer token
 * carry no ambient rights and pass.
 * @throws WebhookError `cross_site_request`
 */
export function requireSameOrigin(request: Request): void {
  if (readingMethods.has(request.method) || request.headers.has('authorization')) return;
  const origin = request.headers.get('origin');
  const host = request.headers.get('x-forwarded-host') ?? request.headers.get('host');
  const foreign = origin !== null && (!URL.canParse(origin) || new URL(origin).host !== host);
  if (foreign || request.headers.get('sec-fetch-site') === 'cross-site')
    throw new WebhookError('cross_site_request');
}
