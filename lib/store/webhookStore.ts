import { z } from 'zod';
import {
  type ConditionPreview,
  type ConditionPreviewInput,
  conditionPreviewSchema,
} from '@/lib/domain/conditions';
import { maskHeaderValues } from '@/lib/domain/customHeaders';
import { WebhookError } from '@/lib/domain/errors';
import { fieldErrorMessages } from '@/lib/domain/fieldErrors';
import {
  type Webhook,
  type WebhookHealth,
  type WebhookInput,
  type WebhookPatch,
  type WebhookSecrets,
  webhookHealthSchema,
  webhookListItemSchema,
  webhookSchema,
  webhookSecretsSchema,
} from '@/lib/domain/webhook';
import type { WebhookSort, WebhookStateFilter } from '@/lib/domain/webhookList';
import type { WebhookNames } from '@/lib/domain/webhookNames';
import { type WebhookPage, webhookCountsSchema } from '@/lib/domain/webhookPage';
import { actingToken } from './actingToken';
import { readableRows } from './readableRows';
import { sessionClient } from './sessionClient';
import type { StoreClient } from './storeClient';
import { isTaken, unwrap } from './storeError';

/*
 * Everything here runs as the person behind the request: row-level security answers only to administrators. For a machine
 * token it does not apply: webhooks that are deleted are left out by each statement.
 */

const storedWebhookSchema = z.preprocess(
  (row) =>
    row && typeof row === 'object' && 'updated_at' in row
      ? { ...row, version: versionOf(row.updated_at) }
      : row,
  webhookSchema.omit({ health: true }),
);

/** The exact time of the last change, to the microsecond, as Postgres reads it back: ISO 8601 with minutes in its offset. */
const versionOf = (updatedAt: unknown) =>
  String(updatedAt)
    .replace(' ', 'T')
    .replace(/[+-]\d\d$/, '$&:00');

const activitySchema = webhookListItemSchema
  .pick({ waiting: true, last_delivery_at: true, last_24h: true, health: true })
  .extend({ webhook_id: z.string() });

/** What of a webhook is a column of it. */
type WebhookSettings = Omit<WebhookPatch, 'waiting'>;

type WebhookListFilter = {
  q?: string | undefined;
  state?: WebhookStateFilter | undefined;
  sort?: WebhookSort;
  cursor?: string | undefined;
  limit: number;
};

const foundSchema = z.object({ ids: z.array(z.string()), counts: webhookCountsSchema });

/** Webhooks with their last 24 hours, newest first unless said otherwise, and how many there are. */
export async function listWebhooks(filter: WebhookListFilter): Promise<WebhookPage> {
  const client = await sessionClient();
  const { ids, counts } = foundSchema.parse(
    unwrap(
      await client.rpc('list_webhooks_by_state', {
        most: filter.limit + 1,
        term: filter.q || null,
        state: filter.state ?? null,
        sort: filter.sort ?? 'newest',
        after_id: filter.cursor ?? null,
      }),
    ),
  );
  const shown = ids.slice(0, filter.limit);
  const rows = shown.length === 0 ? [] : unwrap(await client.from('webhooks').select().in('id', shown));
  const readable = new Map(
    readableRows(storedWebhookSchema, rows, 'webhooks').map((webhook) => [webhook.id, webhook]),
  );
  const webhooks = shown.flatMap((id) => readable.get(id) ?? []);
  const next_cursor = ids.length > filter.limit ? (shown.at(-1) ?? null) : null;
  const activity = await activityOf(
    client,
    webhooks.map((webhook) => webhook.id),
  );
  const items = webhooks.map(({ transform_script: _, ...webhook }) => {
    const { waiting, last_delivery_at, last_24h, health } = activity.get(webhook.id) ?? noActivity;
    return { ...webhook, waiting, last_delivery_at, last_24h, health };
  });
  return { items, next_cursor, counts };
}

type Activity = z.infer<typeof activitySchema>;

const noActivity: Omit<Activity, 'webhook_id'> = {
  waiting: 0,
  last_delivery_at: null,
  last_24h: [],
  health: null,
};

async function activityOf(client: StoreClient, ids: string[]) {
  if (ids.length === 0) return new Map<string, Activity>();
  const rows = unwrap(await client.rpc('list_webhook_activity', { webhook_ids: ids }));
  const readable = readableRows(activitySchema, rows, 'list_webhook_activity');
  return new Map(readable.map((row) => [row.webhook_id, row]));
}

/** Names by id; null for what is deleted, or never was. */
export async function webhookNames(ids: string[]): Promise<WebhookNames> {
  const client = await sessionClient();
  const rows = unwrap(await client.from('webhooks').select('id, name').is('deleted_at', null).in('id', ids));
  const names = new Map(rows.map((row) => [row.id, row.name]));
  return Object.fromEntries(ids.map((id) => [id, names.get(id) ?? null]));
}

/** @throws WebhookError `webhook_not_found` */
export async function getWebhook(id: string): Promise<Webhook> {
  const client = await sessionClient();
  const [row, health] = await Promise.all([
    client.from('webhooks').select().is('deleted_at', null).is('alert', null).eq('id', id).maybeSingle(),
    healthOf(client, id),
  ]);
  return { ...found(unwrap(row)), health };
}

/**
 * Stores a new webhook; the database gives it its id and its secrets, and its slug where none is asked for.
 * @throws WebhookError `validation_failed`: another one has the slug
 */
export async function insertWebhook(input: WebhookInput): Promise<Webhook> {
  const client = await sessionClient();
  const insert = async () => unwrap(await client.from('webhooks').insert(input).select().single());
  const row = await insert().catch((error: unknown) => {
    // Somebody made one of the same name at the same moment: the next slug is free.
    if (isTaken(error) && input.slug === undefined) return insert();
    throw slugError(error);
  });
  return { ...found(row), health: null };
}

const written = async <T>(response: PromiseLike<Parameters<typeof unwrap<T>>[0]>): Promise<T> => {
  try {
    return unwrap(await response);
  } catch (error) {
    throw slugError(error);
  }
};

function slugError(error: unknown): unknown {
  if (!isTaken(error)) return error;
  const message = fieldErrorMessages.slug_taken ?? '';
  return new WebhookError('validation_failed', { errors: [{ path: 'slug', code: 'slug_taken', message }] });
}

/**
 * Changes a webhook; with `versions`, in the same statement, only while it has one of them.
 * @throws WebhookError `webhook_not_found`, `changed_meanwhile`
 */
export async function updateWebhook(
  id: string,
  patch: WebhookSettings,
  versions?: string[],
): Promise<Webhook> {
  const client = await sessionClient();
  let query = client.from('webhooks').update(patch).is('deleted_at', null).is('alert', null).eq('id', id);
  if (versions) query = query.in('updated_at', versions);
  const row = versions?.length === 0 ? null : await written(query.select().maybeSingle());
  if (row === null && versions)
    throw new WebhookError('changed_meanwhile', { current: await getWebhook(id) });
  // Afterwards: a change of the receiver forgets what the former one did.
  return { ...found(row), health: await healthOf(client, id) };
}

/**
 * Activates a webhook and says what becomes of the deliveries that waited.
 * @throws WebhookError `webhook_not_found`
 */
export async function activateWebhook(id: string, waiting: 'send' | 'cancel'): Promise<void> {
  const client = await sessionClient();
  unwrap(await client.rpc('activate_webhook', { webhook_id: id, waiting }));
}

/**
 * Deletes a webhook and its secrets at once; a background job ends what waited as failed, the log stays.
 * @throws WebhookError `webhook_not_found`
 */
export async function deleteWebhook(id: string): Promise<void> {
  const client = await sessionClient();
  unwrap(await client.rpc('delete_webhook', { webhook_id: id }));
}

/** What conditions would have let through of the last events of these types. */
export async function previewConditions(input: ConditionPreviewInput): Promise<ConditionPreview> {
  const client = await sessionClient();
  const { conditions, events: types, limit: most } = input;
  return conditionPreviewSchema.parse(
    unwrap(await client.rpc('webhook_condition_preview', { conditions, types, most })),
  );
}

/** Reads both secrets; the audit log keeps who did. */
export async function revealSecrets(id: string): Promise<WebhookSecrets> {
  const client = await sessionClient();
  return webhookSecretsSchema.parse(unwrap(await client.rpc('reveal_webhook_secrets', { webhook_id: id })));
}

/** Replaces one secret. */
export async function rotateSecret(id: string, secret: 'signing_secret' | 'secret_key'): Promise<void> {
  const client = await sessionClient();
  unwrap(await client.rpc('rotate_webhook_secret', { webhook_id: id, secret }));
}

function found(row: unknown): Omit<Webhook, 'health'> {
  if (row === null) throw new WebhookError('webhook_not_found');
  const webhook = storedWebhookSchema.parse(row);
  // What a receiver asks for is a secret, and those are for people.
  return actingToken() ? { ...webhook, headers: maskHeaderValues(webhook.headers) } : webhook;
}

/** Null while the receiver answers. */
export async function healthOf(client: StoreClient, webhookId: string): Promise<WebhookHealth | null> {
  const row = unwrap(
    await client.from('webhook_receiver_health').select().eq('webhook_id', webhookId).maybeSingle(),
  );
  return webhookHealthSchema.nullable().parse(row);
}
