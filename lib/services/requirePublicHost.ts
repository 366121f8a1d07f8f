import { WebhookError } from '@/lib/domain/errors';
import { fieldErrorMessages } from '@/lib/domain/fieldErrors';
import { urlPolicy } from '@/lib/env';
import { leadsToRefusedAddress } from '@/lib/sender/addressCheck';

/** @throws WebhookError `validation_failed` where the host of a URL leads to an address that is not called */
export async function requirePublicHost(url: string | undefined): Promise<void> {
  if (url === undefined || !(await leadsToRefusedAddress(url, urlPolicy()))) return;
  const code = 'url_private_address';
  throw new WebhookError('validation_failed', {
    errors: [{ path: 'url', code, message: fieldErrorMessages[code] ?? code }],
  });
}
