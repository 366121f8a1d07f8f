import { WebhookError } from '@/lib/domain/errors';
import { isEventName } from '@/lib/domain/eventName';
import { fieldErrorMessages } from '@/lib/domain/fieldErrors';
import { urlPolicy } from '@/lib/env';
import { checkScript } from '@/lib/sandbox/transformSandbox';
import { leadsToRefusedAddress } from '@/lib/sender/addressCheck';
import { knownEventTypes } from '@/lib/store/eventTypeStore';

/*
 * What of a webhook's settings cannot be told from them alone.
 */

/** Patterns may fit nothing yet; names must be in the registry. The database holds this too. */
export async function requireKnownEvents(events: string[] | undefined): Promise<void> {
  const names = events?.filter(isEventName) ?? [];
  if (names.length === 0) return;
  const known = await knownEventTypes(names);
  const errors = (events ?? []).flatMap((name, index) =>
    isEventName(name) && !known.has(name)
      ? [{ path: `events.${index}`, code: 'unknown_event', message: fieldErrorMessages.unknown_event ?? '' }]
      : [],
  );
  if (errors.length > 0) throw new WebhookError('validation_failed', { errors });
}

/** @throws WebhookError `validation_failed`: the host leads to an address that this installation does not call */
export async function requirePublicHost(url: string | undefined): Promise<void> {
  if (url === undefined || !(await leadsToRefusedAddress(url, urlPolicy()))) return;
  const code = 'url_private_address';
  throw new WebhookError('validation_failed', {
    errors: [{ path: 'url', code, message: fieldErrorMessages[code] ?? code }],
  });
}

/** @param webhookId whose script it will be; a new webhook has none yet */
export async function requireValidScript(script: string | undefined, webhookId?: string): Promise<void> {
  if (!script?.trim()) return;
  const check = await checkScript(script, webhookId);
  if (check.ok) return;
  const { message, line, column } = check;
  throw new WebhookError('validation_failed', {
    errors: [{ path: 'transform_script', code: 'script_syntax', message, line, column }],
  });
}
