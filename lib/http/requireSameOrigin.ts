import { bearerToken } from '@/lib/domain/bearerToken';
import { WebhookError } from '@/lib/domain/errors';

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What a browser says of a request that this site's own page, or nobody's, made (Fetch Metadata). */
const ownSites = new Set(['same-origin', 'none']);

/**
 * Refuses state-changing requests that a browser sends on another site's behalf. A request with a bearer token passes:
 * no browser adds one by itself, and beside it no cookie counts.
 * @throws WebhookError `cross_site_request`
 */
export function requireSameOrigin({ method, headers }: Request): void {
  if (readingMethods.has(method) || bearerToken(headers.get('authorization')) !== undefined) return;
  const origin = headers.get('origin');
  const host = headers.get('x-forwarded-host') ?? headers.get('host');
  const isForeign = origin !== null && (!URL.canParse(origin) || new URL(origin).host !== host);
  if (isForeign || !ownSites.has(headers.get('sec-fetch-site') ?? 'none'))
    throw new WebhookError('cross_site_request');
}
