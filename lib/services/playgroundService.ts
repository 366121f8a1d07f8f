import { type InboxAnswer, inboxAnswer } from '@/lib/domain/inboxAnswer';
import { maskQuery } from '@/lib/domain/masking';
import {
  type Inbox,
  type InboxInput,
  type InboxRequest,
  type InboxView,
  inboxHeaders,
  inboxPath,
  type SignatureVerdict,
  sentHeaders,
} from '@/lib/domain/playground';
import { verifySeedSignature, verifyStandardSignature } from '@/lib/domain/signature';
import { storableText } from '@/lib/domain/storableText';
import { wakeJobs } from '@/lib/engine/jobs';
import * as store from '@/lib/store/playgroundStore';

/** A request as it came in at an inbox's address. */
export type Incoming = { method: string; query: string; headers: Headers; body: Buffer };

/** Seconds by which a timestamp may be off, as in the reference libraries of Standard Webhooks. */
const toleranceSeconds = 300;

/**
 * The built-in receiver. Server only. All but `receive` act for the person behind the current request, who
 * must be an administrator.
 */
export const playgroundService = {
  updateInbox: store.updateInbox,
  getRequest: store.getRequest,

  /**
   * Every inbox with its address and the webhooks that send to it.
   * @param origin of the addresses, such as `https://crm.example`
   */
  async listInboxes(origin: string): Promise<{ items: InboxView[] }> {
    const [inboxes, senders] = await Promise.all([store.listInboxes(), store.listInboxWebhooks()]);
    const sendsTo = (inbox: Inbox) =>
      senders
        .filter((webhook) => webhook.url.toLowerCase().includes(inboxPath(inbox.id)))
        .map(({ id, name, status }) => ({ id, name, status }));
    return {
      items: inboxes.map((inbox) => ({
        ...inbox,
        url: origin + inboxPath(inbox.id),
        webhooks: sendsTo(inbox),
      })),
    };
  },

  async createInbox(input: InboxInput, origin: string): Promise<InboxView> {
    const inbox = await store.insertInbox(input);
    return { ...inbox, url: origin + inboxPath(inbox.id), webhooks: [] };
  },

  /** Deletes an inbox; a listener's webhook goes with it. @throws WebhookError `inbox_not_found` */
  async removeInbox(inboxId: string): Promise<void> {
    await store.deleteInbox(inboxId);
    wakeJobs();
  },

  /** What an inbox received, newest first, without headers and bodies. @throws WebhookError `inbox_not_found` */
  async listRequests(inboxId: string): Promise<{ items: InboxRequest[] }> {
    const items = await store.listRequests(inboxId);
    if (items.length === 0) await store.requireInbox(inboxId);
    return { items };
  },

  /** Forgets what an inbox received. @throws WebhookError `inbox_not_found` */
  async clearRequests(inboxId: string): Promise<void> {
    await store.requireInbox(inboxId);
    return store.clearRequests(inboxId);
  },

  /**
   * Takes a request from anybody who knows the inbox's address: checks both signatures, keeps the request, and
   * says how to answer; null when there is no such inbox.
   */
  async receive(inboxId: string, incoming: Incoming): Promise<InboxAnswer | null> {
    const inbox = await store.receivingInbox(inboxId);
    if (!inbox) return null;
    const deliveryId = textOf(incoming, 'x-webhook-delivery-id') ?? textOf(incoming, 'webhook-id');
    const [senders, earlier] = await Promise.all([
      store.senderSecrets(inboxId),
      deliveryId ? store.receivedCount(inboxId, deliveryId) : 0,
    ]);
    const answer = inboxAnswer(inbox.behaviour, earlier + 1, Math.random());
    const checked = checkSignatures(incoming, senders, new Date());
    const headers = storableEntries(incoming.headers);
    // Who listens knows the secrets of the listener's webhook, and passes on what it sent as it came.
    const isListened = checked.standard_signature === 'valid' && checked.webhook_id === inbox.listener;
    await store.insertReceived({
      inbox_id: inboxId,
      method: incoming.method.slice(0, 16),
      query: storableText(maskQuery(incoming.query), 1000),
      headers: isListened ? Object.fromEntries(sentHeaders(headers)) : inboxHeaders(headers),
      body: storableText(incoming.body.toString('utf8')),
      event_type: textOf(incoming, 'x-webhook-event'),
      delivery_id: deliveryId,
      attempt: earlier + 1,
      answered_status: answer.status,
      answered_after_ms: answer.afterMs,
      ...checked,
    });
    return answer;
  },
};

function textOf({ headers }: Incoming, name: string): string | null {
  const value = headers.get(name);
  return value ? storableText(value, 200) : null;
}

const storableEntries = (headers: Headers) =>
  [...headers].map(([name, value]): [string, string] => [name, storableText(value, 8192)]);

type Checked = {
  seed_signature: SignatureVerdict;
  standard_signature: SignatureVerdict;
  webhook_id: string | null;
};

/** Several webhooks may share the address: the one whose secrets fit is the sender. */
function checkSignatures(incoming: Incoming, senders: store.SenderSecrets[], now: Date): Checked {
  const body = incoming.body.toString('utf8');
  const { headers } = incoming;
  const seed = headers.get('x-webhook-signature');
  const standard = headers.get('webhook-signature');
  const seedSender = seed && senders.find((sender) => verifySeedSignature(body, seed, sender.secret_key));
  const standardSender =
    standard && senders.find((sender) => verifiesStandard(sender, standard, headers, body, now));
  const verdict = (header: string | null, fits: boolean): SignatureVerdict => {
    if (!header) return 'absent';
    if (senders.length === 0) return 'unknown';
    return fits ? 'valid' : 'invalid';
  };
  const sender = standardSender || seedSender || (senders.length === 1 ? senders[0] : null);
  return {
    seed_signature: verdict(seed, Boolean(seedSender)),
    standard_signature: verdict(standard, Boolean(standardSender)),
    webhook_id: sender?.webhook_id ?? null,
  };
}

function verifiesStandard(
  sender: store.SenderSecrets,
  header: string,
  headers: Headers,
  body: string,
  now: Date,
): boolean {
  const { previous_signing_secret: previous, previous_expires_at: expires } = sender;
  const overlaps = previous !== null && (expires === null || new Date(expires) > now);
  const secrets = overlaps ? [sender.signing_secret, previous] : [sender.signing_secret];
  return secrets.some((secret) =>
    verifyStandardSignature({
      id: headers.get('webhook-id') ?? '',
      timestamp: headers.get('webhook-timestamp') ?? '',
      body,
      header,
      secret,
      now,
      toleranceSeconds,
    }),
  );
}
