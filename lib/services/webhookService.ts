import type { ConditionPreview, ConditionPreviewInput } from '@/lib/domain/conditions';
import { maskHeaderValues } from '@/lib/domain/customHeaders';
import type { Delivery, DeliveryDetail } from '@/lib/domain/delivery';
import type { Erasure } from '@/lib/domain/erasure';
import { WebhookError } from '@/lib/domain/errors';
import { isEventName } from '@/lib/domain/eventName';
import { testEventType, testPayload } from '@/lib/domain/eventTypes';
import type { Job } from '@/lib/domain/job';
import type { WebhookStatistics } from '@/lib/domain/statisticsSchema';
import type {
  ProbeResult,
  Webhook,
  WebhookInput,
  WebhookPatch,
  WebhookSecrets,
  WebhookStatus,
} from '@/lib/domain/webhook';
import type { WebhookPage } from '@/lib/domain/webhookPage';
import { wakeJobs } from '@/lib/engine/jobs';
import { wakeDrain } from '@/lib/engine/processDrain';
import { testDelivery } from '@/lib/engine/testDelivery';
import { urlPolicy } from '@/lib/env';
import { probeUrl } from '@/lib/sender/send';
import { getDelivery, listDeliveries } from '@/lib/store/deliveryStore';
import { eraseRecord } from '@/lib/store/erasureStore';
import { getEventType } from '@/lib/store/eventTypeStore';
import { cancelWaiting } from '@/lib/store/jobStore';
import { listStatistics, type StatsQuestion } from '@/lib/store/statisticsStore';
import * as store from '@/lib/store/webhookStore';
import { triggerWebhooksForEvent } from './triggerWebhooksForEvent';
import { requireKnownEvents, requirePublicHost, requireValidScript } from './webhookChecks';

/**
 * Everything that CRM code and the API do with webhooks. Server only. All but `triggerWebhooksForEvent` act for
 * the person behind the current request and refuse, by row-level security, everybody but administrators.
 * Expected refusals are thrown as WebhookError with a stable code.
 */
export const webhookService = {
  triggerWebhooksForEvent,
  names: store.webhookNames,
  get: store.getWebhook,
  revealSecrets: store.revealSecrets,

  /** Webhooks with their last 24 hours, newest first; header values masked. */
  async list(filter: Partial<Parameters<typeof store.listWebhooks>[0]> = {}): Promise<WebhookPage> {
    const { items, ...page } = await store.listWebhooks({ limit: 50, ...filter });
    const masked = items.map((webhook) => ({ ...webhook, headers: maskHeaderValues(webhook.headers) }));
    return { items: masked, ...page };
  },

  /** @throws WebhookError `validation_failed`: a syntax error in the script, a host that leads to a private address */
  async create(input: WebhookInput): Promise<Webhook> {
    await requireKnownEvents(input.events);
    await requirePublicHost(input.url);
    await requireValidScript(input.transform_script);
    return store.insertWebhook(input);
  },

  /**
   * Changes some settings. What is still to be sent goes out with the new ones.
   * @param versions those that the webhook may have for this to be done; any, unless given
   * @throws WebhookError `webhook_not_found`, `validation_failed`, `changed_meanwhile`
   */
  async update(id: string, patch: WebhookPatch, versions?: string[]): Promise<Webhook> {
    const { waiting = 'send', ...fields } = patch;
    await requireKnownEvents(fields.events);
    await requirePublicHost(fields.url);
    await requireValidScript(fields.transform_script, id);
    await requireScriptWhenEnabled(id, fields);
    const { status, ...settings } = fields;
    if (status === 'active') {
      // Settings first, so that what waited goes out with the new ones.
      // A condition is one of the statement that writes: where nothing else does, the status is written as it is.
      const asItIs = versions ? { status: (await store.getWebhook(id)).status } : {};
      const first = { ...settings, ...asItIs };
      if (Object.keys(first).length > 0) await store.updateWebhook(id, first, versions);
      await store.activateWebhook(id, waiting);
      wakeDrain();
      if (waiting === 'cancel') wakeJobs();
      return store.getWebhook(id);
    }
    return store.updateWebhook(id, fields, versions);
  },

  /** Deletes a webhook; its waiting deliveries end as failed in the background, its log stays. @throws WebhookError `webhook_not_found` */
  async remove(id: string): Promise<void> {
    await store.deleteWebhook(id);
    wakeJobs();
  },

  /** Takes everything that waits for a webhook out of the queue, in the background. @throws WebhookError `webhook_not_found` */
  async cancelWaiting(id: string): Promise<Job> {
    const job = await cancelWaiting(id);
    wakeJobs();
    return job;
  },

  /** Switches a webhook on or off; see `waiting` in `webhookPatchSchema`. */
  setStatus(id: string, status: WebhookStatus, waiting?: 'send' | 'cancel'): Promise<Webhook> {
    return webhookService.update(id, { status, waiting });
  },

  /** Replaces one secret: a signing secret overlaps with its predecessor for 24 hours, a secret key does not. */
  async rotateSecret(id: string, secret: 'signing_secret' | 'secret_key'): Promise<WebhookSecrets> {
    await store.rotateSecret(id, secret);
    return store.revealSecrets(id);
  },

  /**
   * Sends a test delivery now and answers it finished: `webhook.test`, or the sample of a catalogue event.
   * @throws WebhookError `webhook_not_found`, `unknown_event`
   */
  async sendTest(id: string, eventType: string = testEventType): Promise<DeliveryDetail> {
    await store.getWebhook(id); // the person's own right to it: what follows runs as the service
    const payload = await samplePayload(eventType);
    const deliveryId = await testDelivery(id, { event_type: eventType, payload });
    wakeDrain(); // a success closes the circuit breaker: what it held back is due
    return getDelivery(deliveryId);
  },

  /** Of the last events: which meet these conditions, and which fields they have. */
  previewConditions(input: ConditionPreviewInput): Promise<ConditionPreview> {
    return store.previewConditions(input);
  },

  /** What happened in the range, and the webhook's next retries. @throws WebhookError `webhook_not_found` */
  async stats(id: string, question: Omit<StatsQuestion, 'webhook_id'>): Promise<WebhookStatistics> {
    const [periods, retrying] = await Promise.all([
      listStatistics({ ...question, webhook_id: id }),
      listDeliveries({ webhook_id: id, status: ['retrying'], limit: 20 }),
      store.getWebhook(id), // an unknown id is refused, not answered with nothing
    ]);
    const dueFirst = (a: Delivery, b: Delivery) =>
      (a.next_attempt_at ?? '9999').localeCompare(b.next_attempt_at ?? '9999');
    return { range: question.range, periods, next_retries: retrying.items.sort(dueFirst).slice(0, 5) };
  },

  /**
   * Erases what is kept of a record and of what belongs to it: payloads, bodies, answers, labels, what search looks into.
   * @throws WebhookError `validation_failed`
   */
  async eraseRecord(recordId: string): Promise<Erasure> {
    const erasure = await eraseRecord(recordId);
    wakeDrain(); // a deletion that was being sent goes again, without its texts
    if (erasure.job) wakeJobs();
    return erasure;
  },

  /** Whether something answers at a URL: resolves and connects, sends nothing. */
  async probe(url: string): Promise<ProbeResult> {
    const { reachable, errorKind, message } = await probeUrl(url, urlPolicy());
    return { reachable, error_kind: errorKind, message };
  },
};

async function samplePayload(eventType: string): Promise<unknown> {
  if (eventType === testEventType) return testPayload(new Date());
  if (!isEventName(eventType)) throw new WebhookError('unknown_event');
  try {
    return (await getEventType(eventType)).sample ?? {};
  } catch (error) {
    if (error instanceof WebhookError && error.code === 'event_type_not_found')
      throw new WebhookError('unknown_event', { cause: error });
    throw error;
  }
}

/** The database holds this rule too; asked here, the person gets a field to mend and not a failed write. */
async function requireScriptWhenEnabled(id: string, patch: WebhookPatch): Promise<void> {
  if (patch.transform_enabled === undefined && patch.transform_script === undefined) return;
  const webhook = { ...(await store.getWebhook(id)), ...patch };
  if (!webhook.transform_enabled || webhook.transform_script?.trim()) return;
  throw new WebhookError('validation_failed', {
    errors: [
      {
        path: 'transform_script',
        code: 'script_required',
        message: 'Enter a script, or switch the transformation off.',
      },
    ],
  });
}
