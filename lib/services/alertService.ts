import type { Alert, AlertInput, AlertPatch } from '@/lib/domain/alert';
import type { DeliveryDetail } from '@/lib/domain/delivery';
import { WebhookError } from '@/lib/domain/errors';
import { subscribableEventTypes } from '@/lib/domain/eventTypes';
import { fieldErrorMessages } from '@/lib/domain/fieldErrors';
import { wakeJobs } from '@/lib/engine/jobs';
import { wakeDrain } from '@/lib/engine/processDrain';
import { testDelivery } from '@/lib/engine/testDelivery';
import { alertSettings, getAlert, insertAlert, listAlerts, updateAlert } from '@/lib/store/alertStore';
import { getDelivery } from '@/lib/store/deliveryStore';
import { activateWebhook, deleteWebhook } from '@/lib/store/webhookStore';
import { requirePublicHost } from './webhookChecks';

/** Who is told, how, of which webhooks in trouble. Server only; acts for the person behind the current request. */
export const alertService = {
  async list(): Promise<{ items: Alert[] }> {
    return { items: await listAlerts() };
  },

  get: getAlert,

  /** @throws WebhookError `validation_failed` */
  async create({ channel, locale, webhook_ids, emails = [], url, ...row }: AlertInput): Promise<Alert> {
    await requirePublicHost(url);
    const alert = { channel, locale, webhooks: webhook_ids, emails };
    return insertAlert({ ...row, url: url ?? mailto(emails), alert });
  },

  /** @throws WebhookError `alert_not_found`, `validation_failed` */
  async update(id: string, { locale, webhook_ids, emails, url, status, ...row }: AlertPatch): Promise<Alert> {
    const before = await alertSettings(id);
    requireFitting(before.channel === 'email' ? { url } : { emails });
    await requirePublicHost(url);
    const alert = {
      ...before,
      locale: locale ?? before.locale,
      webhooks: webhook_ids === undefined ? before.webhooks : webhook_ids,
      emails: emails ?? before.emails,
    };
    const address = before.channel === 'email' ? mailto(alert.emails) : url;
    const switchedOff = status === 'inactive' ? { status } : {};
    const changed = await updateAlert(id, {
      ...row,
      ...switchedOff,
      ...(address && { url: address }),
      alert,
    });
    if (status !== 'active') return changed;
    // What waited meanwhile tells of what was: nobody is told of it late.
    await asAlert(activateWebhook(id, 'cancel'));
    wakeJobs();
    return getAlert(id);
  },

  /** @throws WebhookError `alert_not_found` */
  async remove(id: string): Promise<void> {
    await getAlert(id);
    await asAlert(deleteWebhook(id));
    wakeJobs();
  },

  /** Sends a message as it would be sent, of a trouble that is made up; answers when it has ended. @throws WebhookError `alert_not_found` */
  async test(id: string): Promise<DeliveryDetail> {
    await getAlert(id);
    const event_type = 'delivery.exhausted';
    const payload = subscribableEventTypes[event_type].sample;
    const deliveryId = await asAlert(testDelivery(id, { event_type, payload }));
    wakeDrain();
    return getDelivery(deliveryId);
  },
};

/** It may be deleted while something is done with it. */
const asAlert = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    const isGone = error instanceof WebhookError && error.code === 'webhook_not_found';
    throw isGone ? new WebhookError('alert_not_found', { cause: error }) : error;
  });

const mailto = (emails: string[]) => `mailto:${emails.map(encodeURIComponent).join(',')}`.slice(0, 2048);

/** An alert keeps its channel: an address of another one is a mistake. */
function requireFitting(foreign: Record<string, unknown>): void {
  const path = Object.keys(foreign).find((name) => foreign[name] !== undefined);
  if (path === undefined) return;
  const code = 'unknown_field';
  throw new WebhookError('validation_failed', {
    errors: [{ path, code, message: fieldErrorMessages[code] ?? code }],
  });
}
