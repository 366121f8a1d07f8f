import { setTimeout as sleep } from 'node:timers/promises';
import type { UrlPolicy } from '@/lib/domain/targetUrl';
import { connectTarget } from './connectionPool';
import { createResolver, type ResolveAddresses, vettedAddresses } from './pinnedLookup';
import { SendError } from './sendError';

/** Milliseconds that saving a webhook waits for DNS. */
const patienceMs = 2000;
const systemResolver = createResolver();

/**
 * True when the host of a valid URL leads to an address that may not be called. For the person who saves it: what
 * protects is the same check at each connection. A name that DNS does not know yet, or not in time, is let through.
 */
export function leadsToRefusedAddress(
  url: string,
  policy: UrlPolicy,
  resolve: ResolveAddresses = systemResolver,
): Promise<boolean> {
  const { host } = connectTarget(new URL(url));
  const check = vettedAddresses(host, policy, resolve).then(
    () => false,
    (error: unknown) => error instanceof SendError && error.kind === 'address_refused',
  );
  return Promise.race([check, sleep(patienceMs, false, { ref: false })]);
}
