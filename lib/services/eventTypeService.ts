import { WebhookError } from '@/lib/domain/errors';
import { isSystemEvent } from '@/lib/domain/eventName';
import type { EventType, EventTypeInput, EventTypePatch } from '@/lib/domain/eventType';
import { fieldErrorMessages } from '@/lib/domain/fieldErrors';
import { inferSchema, type JsonSchema } from '@/lib/domain/inferSchema';
import * as store from '@/lib/store/eventTypeStore';
import { forgetPayloadRules } from './payloadRules';
import { isJsonSchema } from './payloadSchema';

/** The registry of event types. Server only; acts for the person behind the current request: administrators write it. */
export const eventTypeService = {
  async list(): Promise<{ items: EventType[] }> {
    return { items: await store.listEventTypes() };
  },

  /** @throws WebhookError `event_type_not_found` */
  get(name: string): Promise<EventType> {
    return store.getEventType(name);
  },

  /** @throws WebhookError `event_type_exists`, `validation_failed` */
  async create({ labels = undefined, ...input }: EventTypeInput): Promise<EventType> {
    const schema = schemaFor(input.schema, input.sample, input.schema_mode);
    const names = labels ?? { fr: input.name, en: input.name };
    return changed(store.insertEventType({ ...input, labels: names, schema }));
  },

  /** @throws WebhookError `event_type_not_found`, `validation_failed`, `forbidden` for what is the system's own */
  async update(name: string, { deprecated, schema: asked, ...patch }: EventTypePatch): Promise<EventType> {
    const before = await store.getEventType(name);
    if (isSystemEvent(name)) throw new WebhookError('forbidden');
    const after = { ...before, ...patch };
    const schema = schemaFor(asked === undefined ? before.schema : asked, after.sample, after.schema_mode);
    const since = deprecated ? (before.deprecated_at ?? new Date().toISOString()) : null;
    const deprecation = deprecated === undefined ? {} : { deprecated_at: since };
    // What nobody asked to change stays as it is by now, whoever wrote it.
    const fields = { ...patch, ...deprecation, ...(asked === undefined ? {} : { schema }) };
    return changed(store.updateEventType(name, fields));
  },

  /** Nothing new should listen to it any more; what listens, and what is triggered, goes on. @throws as `update` does */
  deprecate(name: string): Promise<EventType> {
    return eventTypeService.update(name, { deprecated: true });
  },
};

async function changed(write: Promise<EventType>): Promise<EventType> {
  const written = await write;
  forgetPayloadRules();
  return written;
}

function schemaFor(
  asked: JsonSchema | 'infer' | null,
  sample: unknown,
  mode: EventType['schema_mode'],
): EventType['schema'] {
  if (asked === 'infer' && sample == null) throw refused('schema', 'sample_required');
  const schema = asked === 'infer' ? inferSchema(sample) : asked;
  if (schema === null && mode !== 'document') throw refused('schema', 'schema_required');
  if (schema !== null && !isJsonSchema(schema)) throw refused('schema', 'schema_invalid');
  return schema;
}

function refused(path: string, code: string): WebhookError {
  return new WebhookError('validation_failed', {
    errors: [{ path, code, message: fieldErrorMessages[code] ?? code }],
  });
}
