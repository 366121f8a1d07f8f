import { z } from 'zod';
import { WebhookError } from '@/lib/domain/errors';
import { maskHeaders } from '@/lib/domain/masking';
import {
  type Inbox,
  type InboxInput,
  type InboxPatch,
  type InboxRequest,
  type InboxRequestDetail,
  type InboxWebhook,
  inboxPath,
  inboxRequestDetailSchema,
  inboxRequestSchema,
  inboxSchema,
} from '@/lib/domain/playground';
import { adminClient } from './adminClient';
import { sessionClient } from './sessionClient';
import { columnsOf, type Row } from './storeClient';
import { unwrap } from './storeError';

/*
 * What a person asks for runs as that person: row-level security answers only to administrators. What arrives
 * at an inbox's address runs as the service (`received…`).
 */

const requestColumns = columnsOf('playground_requests', inboxRequestSchema);
const detailColumns = columnsOf('playground_requests', inboxRequestDetailSchema);

/** Every inbox, oldest first. */
export async function listInboxes(): Promise<Inbox[]> {
  const client = await sessionClient();
  return z
    .array(inboxSchema)
    .parse(unwrap(await client.from('playground_inboxes').select().order('created_at').order('id')));
}

/** The webhooks that send to some inbox, with their URLs, oldest first. */
export async function listInboxWebhooks(): Promise<(InboxWebhook & { url: string })[]> {
  const client = await sessionClient();
  const response = await client
    .from('webhooks')
    .select('id, name, status, url')
    .is('deleted_at', null)
    .ilike('url', `%${inboxPath('')}%`)
    .order('id');
  return unwrap(response);
}

/** Stores a new inbox. */
export async function insertInbox(input: InboxInput): Promise<Inbox> {
  const client = await sessionClient();
  return inboxSchema.parse(unwrap(await client.from('playground_inboxes').insert(input).select().single()));
}

/** @throws WebhookError `inbox_not_found` */
export async function updateInbox(id: string, patch: InboxPatch): Promise<Inbox> {
  const client = await sessionClient();
  const response = await client.from('playground_inboxes').update(patch).eq('id', id).select().maybeSingle();
  return found(unwrap(response));
}

/** @throws WebhookError `inbox_not_found` */
export async function requireInbox(id: string): Promise<void> {
  const client = await sessionClient();
  found(unwrap(await client.from('playground_inboxes').select().eq('id', id).maybeSingle()));
}

function found(row: unknown): Inbox {
  if (row === null) throw new WebhookError('inbox_not_found');
  return inboxSchema.parse(row);
}

/** Deletes an inbox with its requests. @throws WebhookError `inbox_not_found` */
export async function deleteInbox(id: string): Promise<void> {
  const client = await sessionClient();
  found(unwrap(await client.from('playground_inboxes').delete().eq('id', id).select().maybeSingle()));
}

/** What an inbox received in the last 24 hours, newest first: at most 100, as the table keeps. */
export async function listRequests(inboxId: string): Promise<InboxRequest[]> {
  const client = await sessionClient();
  const response = await client
    .from('playground_requests')
    .select(requestColumns)
    .eq('inbox_id', inboxId)
    .gt('received_at', new Date(Date.now() - 24 * 3_600_000).toISOString())
    .order('id', { ascending: false })
    .limit(100);
  return z.array(inboxRequestSchema).parse(unwrap(response));
}

/** @throws WebhookError `not_found` */
export async function getRequest(inboxId: string, id: string): Promise<InboxRequestDetail> {
  const client = await sessionClient();
  const response = await client
    .from('playground_requests')
    .select(detailColumns)
    .eq('inbox_id', inboxId)
    .eq('id', id)
    .maybeSingle();
  const row = unwrap(response);
  if (row === null) throw new WebhookError('not_found');
  const request = inboxRequestDetailSchema.parse(row);
  return { ...request, headers: maskHeaders(Object.entries(request.headers)) };
}

/** Forgets everything that an inbox received. */
export async function clearRequests(inboxId: string): Promise<void> {
  const client = await sessionClient();
  unwrap(await client.from('playground_requests').delete().eq('inbox_id', inboxId));
}

const receivingInboxSchema = inboxSchema.extend({ listener: z.string().nullable() });

/** The inbox that a stranger's request is for, with the webhook of whoever listens there; null when there is none. */
export async function receivingInbox(id: string): Promise<z.infer<typeof receivingInboxSchema> | null> {
  const response = await adminClient().from('playground_inboxes').select().eq('id', id).maybeSingle();
  return receivingInboxSchema.nullable().parse(unwrap(response));
}

/** The secrets of one webhook, as needed to check what it sent: never leave the server. */
export type SenderSecrets = Row<'webhook_secrets'>;

/** The secrets of every webhook that has the inbox's address. */
export async function senderSecrets(inboxId: string): Promise<SenderSecrets[]> {
  const client = adminClient();
  const senders = unwrap(
    await client
      .from('webhooks')
      .select('id')
      .ilike('url', `%${inboxPath(inboxId)}%`)
      .limit(100),
  );
  const ids = senders.map((webhook) => webhook.id);
  if (ids.length === 0) return [];
  return unwrap(await client.from('webhook_secrets').select().in('webhook_id', ids));
}

/** How many requests of one delivery an inbox remembers. */
export async function receivedCount(inboxId: string, deliveryId: string): Promise<number> {
  const response = await adminClient()
    .from('playground_requests')
    .select('id')
    .eq('inbox_id', inboxId)
    .eq('delivery_id', deliveryId)
    .limit(100);
  return unwrap(response).length;
}

/** Keeps what an inbox received. */
export async function insertReceived(
  request: Omit<InboxRequestDetail, 'id' | 'received_at'> & { inbox_id: string },
): Promise<void> {
  unwrap(await adminClient().from('playground_requests').insert(request));
}
