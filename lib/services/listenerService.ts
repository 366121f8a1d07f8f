import { WebhookError } from '@/lib/domain/errors';
import { fieldErrorMessages } from '@/lib/domain/fieldErrors';
import type { ListenedRequest, Listener, ListenerInput } from '@/lib/domain/listener';
import { parseTargetUrl } from '@/lib/domain/targetUrl';
import { urlPolicy } from '@/lib/env';
import { leadsToRefusedAddress } from '@/lib/sender/addressCheck';
import * as store from '@/lib/store/listenerStore';

/** Programs that listen for a while. Server only. Acts for the person or token behind the current request. */
export const listenerService = {
  /**
   * @param origin under which this installation is to call itself, such as `https://crm.example`
   * @throws WebhookError `unknown_event`; `validation_failed`: it may not call itself there
   */
  async start(input: ListenerInput, origin: string): Promise<Listener> {
    const code = await refusalOf(origin);
    if (!code) return store.startListener(input, origin);
    const message = `This installation may not call itself at ${origin}. ${fieldErrorMessages[code]}`;
    throw new WebhookError('validation_failed', { errors: [{ path: 'url', code, message }] });
  },

  /** @throws WebhookError `inbox_not_found`, `webhook_not_found` */
  async requests(inboxId: string, since: string | undefined): Promise<{ items: ListenedRequest[] }> {
    return { items: await store.listenedRequests(inboxId, since ?? null) };
  },
};

async function refusalOf(origin: string): Promise<string | null> {
  const policy = urlPolicy();
  const target = parseTargetUrl(origin, policy);
  if (!target.ok) return target.code;
  return (await leadsToRefusedAddress(origin, policy)) ? 'url_private_address' : null;
}
