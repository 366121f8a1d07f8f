import { z } from 'zod';
import {
  type Alert,
  type AlertEvent,
  type AlertSettings,
  alertEvents,
  alertSettingsSchema,
  maskedAlertUrl,
} from '@/lib/domain/alert';
import { WebhookError } from '@/lib/domain/errors';
import { isoTime } from '@/lib/domain/isoTime';
import { webhookHealthSchema } from '@/lib/domain/webhook';
import { sessionClient } from './sessionClient';
import { unwrap } from './storeError';

/*
 * An alert is a webhook with `alert`: so it has a queue, retries, a log and health like any. Everything here runs as the person
 * behind the request.
 */

const columns = 'id, name, url, events, status, disabled_reason, alert, created_at, updated_at';

const storedSchema = z.object({
  id: z.string(),
  name: z.string(),
  url: z.string(),
  events: z.array(z.string()),
  status: z.enum(['active', 'inactive']),
  disabled_reason: z.enum(['gone', 'failing']).nullable(),
  alert: alertSettingsSchema,
  created_at: isoTime,
  updated_at: isoTime,
});

/** What of an alert is written; of the settings all, or none. */
export type AlertRow = {
  name?: string | undefined;
  url?: string | undefined;
  events?: AlertEvent[] | undefined;
  status?: 'active' | 'inactive' | undefined;
  alert?: AlertSettings | undefined;
};

/** Of the channels that a receiver is called by, as of e-mail: what is not worth telling late is still worth telling. */
const delivery = { max_retries: 10, retry_delay: 10, timeout_ms: 15_000, max_in_flight: 2 };

/** Newest first. */
export async function listAlerts(): Promise<Alert[]> {
  const client = await sessionClient();
  const rows = unwrap(
    await client
      .from('webhooks')
      .select(columns)
      .is('deleted_at', null)
      .not('alert', 'is', null)
      .order('id', { ascending: false })
      .limit(200),
  );
  return withHealth(z.array(storedSchema).parse(rows));
}

/** @throws WebhookError `alert_not_found` */
export async function getAlert(id: string): Promise<Alert> {
  return answer(await stored(id));
}

/** With the settings as they are kept, the address included: never leaves the server. @throws WebhookError `alert_not_found` */
export async function alertSettings(id: string): Promise<AlertSettings> {
  return (await stored(id)).alert;
}

export async function insertAlert(row: Required<AlertRow>): Promise<Alert> {
  const client = await sessionClient();
  const written = {
    ...delivery,
    ...row,
    events: heard(row.events ?? []),
    name: row.name ?? '',
    url: row.url ?? '',
  };
  return answer(
    storedSchema.parse(unwrap(await client.from('webhooks').insert(written).select(columns).single())),
  );
}

/** @throws WebhookError `alert_not_found` */
export async function updateAlert(id: string, { events, ...row }: AlertRow): Promise<Alert> {
  const client = await sessionClient();
  const patch = { ...row, ...(events && { events: heard(events) }) };
  const written = await client
    .from('webhooks')
    .update(patch)
    .is('deleted_at', null)
    .not('alert', 'is', null)
    .eq('id', id)
    .select(columns)
    .maybeSingle();
  return answer(found(unwrap(written)));
}

/** Whoever is told that something began is told that it is over. */
const heard = (events: AlertEvent[]) => [...events, 'webhook.recovered'];

async function stored(id: string) {
  const client = await sessionClient();
  const row = await client
    .from('webhooks')
    .select(columns)
    .is('deleted_at', null)
    .not('alert', 'is', null)
    .eq('id', id)
    .maybeSingle();
  return found(unwrap(row));
}

function found(row: unknown) {
  if (row === null) throw new WebhookError('alert_not_found');
  return storedSchema.parse(row);
}

type Stored = z.infer<typeof storedSchema>;

async function answer(row: Stored): Promise<Alert> {
  const [alert] = await withHealth([row]);
  if (!alert) throw new WebhookError('alert_not_found');
  return alert;
}

async function withHealth(rows: Stored[]): Promise<Alert[]> {
  if (rows.length === 0) return [];
  const client = await sessionClient();
  const ids = rows.map(({ id }) => id);
  const found = unwrap(await client.from('webhook_receiver_health').select().in('webhook_id', ids));
  const health = new Map(
    z
      .array(webhookHealthSchema.extend({ webhook_id: z.string() }))
      .parse(found)
      .map(({ webhook_id, ...row }) => [webhook_id, row]),
  );
  return rows.map(({ alert, url, events, ...row }) => ({
    ...row,
    channel: alert.channel,
    url: alert.channel === 'email' ? null : maskedAlertUrl(url),
    emails: alert.emails,
    locale: alert.locale,
    webhook_ids: alert.webhooks,
    events: alertEvents.filter((event) => events.includes(event)),
    health: health.get(row.id) ?? null,
  }));
}
