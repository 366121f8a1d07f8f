import { z } from 'zod';
import { WebhookError } from '@/lib/domain/errors';
import { type EventType, eventTypeSchema } from '@/lib/domain/eventType';
import { fieldErrorMessages } from '@/lib/domain/fieldErrors';
import { adminClient } from './adminClient';
import { sessionClient } from './sessionClient';
import { unwrap } from './storeError';

type Fields = Partial<
  Pick<
    EventType,
    'labels' | 'descriptions' | 'schema' | 'schema_mode' | 'sample' | 'label_paths' | 'deprecated_at'
  >
>;

const ruleSchema = eventTypeSchema.pick({ name: true, schema: true, schema_mode: true, deprecated_at: true });
export type EventTypeRule = z.infer<typeof ruleSchema>;

/** The registry, those first that came first. */
export async function listEventTypes(): Promise<EventType[]> {
  const client = await sessionClient();
  const rows = unwrap(await client.from('webhook_event_types').select().order('created_at').order('name'));
  return z.array(eventTypeSchema).parse(rows);
}

/** @throws WebhookError `event_type_not_found` */
export async function getEventType(name: string): Promise<EventType> {
  const client = await sessionClient();
  return found(unwrap(await client.from('webhook_event_types').select().eq('name', name).maybeSingle()));
}

/** Which of these are in the registry. */
export async function knownEventTypes(names: string[]): Promise<Set<string>> {
  const client = await sessionClient();
  const rows = unwrap(await client.from('webhook_event_types').select('name').in('name', names));
  return new Set(
    z
      .array(eventTypeSchema.pick({ name: true }))
      .parse(rows)
      .map(({ name }) => name),
  );
}

/** @throws WebhookError `event_type_exists` */
export async function insertEventType(row: Fields & { name: string }): Promise<EventType> {
  const client = await sessionClient();
  const answer = await client.from('webhook_event_types').insert(row).select().single();
  if (answer.error?.code === '23505') throw new WebhookError('event_type_exists');
  return eventTypeSchema.parse(unwrap(answer));
}

/** The constraint by which a mode that holds payloads to a schema has one. */
const schemaIsNeeded = 'webhook_event_types_gate_check';

/** @throws WebhookError `event_type_not_found`; `validation_failed` where somebody else's change since makes it wrong */
export async function updateEventType(name: string, fields: Fields): Promise<EventType> {
  const client = await sessionClient();
  const answer = await client
    .from('webhook_event_types')
    .update(fields)
    .eq('name', name)
    .select()
    .maybeSingle();
  if (answer.error?.message.includes(schemaIsNeeded)) {
    const code = 'schema_required';
    const message = fieldErrorMessages[code] ?? code;
    throw new WebhookError('validation_failed', { errors: [{ path: 'schema', code, message }] });
  }
  return found(unwrap(answer));
}

/** Of the types of which there is more to say than that they exist, for whoever triggers. */
export async function listEventTypeRules(): Promise<EventTypeRule[]> {
  const rows = unwrap(
    await adminClient()
      .from('webhook_event_types')
      .select('name, schema, schema_mode, deprecated_at')
      .or('schema_mode.neq.document,deprecated_at.not.is.null'),
  );
  return z.array(ruleSchema).parse(rows);
}

function found(row: unknown): EventType {
  if (row === null) throw new WebhookError('event_type_not_found');
  return eventTypeSchema.parse(row);
}
