import { z } from 'zod';
import { type EventType, eventTypeInputSchema } from '@/lib/domain/eventType';

/** Where the schema comes from: there is none, the sample tells it, or somebody wrote it. */
export const schemaOrigins = ['none', 'sample', 'written'] as const;

const text = z.string();
const texts = z.object({ fr: text, en: text });
const values = z.object({
  name: text,
  labels: texts,
  descriptions: texts,
  /** JSON, as it is typed. */
  sample: text,
  schema_from: z.enum(schemaOrigins),
  /** JSON, as it is typed; counts where it is written. */
  schema: text,
  schema_mode: eventTypeInputSchema.shape.schema_mode.unwrap(),
  /** Names with commas between. */
  label_paths: text,
});
export type EventTypeFormValues = z.input<typeof values>;

/** What is typed, as `POST /api/event-types` takes it. Messages are codes of fields. */
export const eventTypeFormSchema = values.transform((typed, context) => {
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: field.split('.'), message });
  const json = (field: 'sample' | 'schema') => {
    if (typed[field].trim() === '') return null;
    try {
      return JSON.parse(typed[field]) as unknown;
    } catch {
      refuse(field, 'json_invalid');
      return null;
    }
  };
  const sample = json('sample');
  const written = typed.schema_from === 'written' ? json('schema') : null;
  const name = typed.name.trim();
  const [fr, en] = [typed.labels.fr.trim(), typed.labels.en.trim()];
  const result = eventTypeInputSchema.safeParse({
    name,
    labels: { fr: fr || en || name, en: en || fr || name },
    descriptions: typed.descriptions,
    sample,
    schema: typed.schema_from === 'sample' ? 'infer' : written,
    schema_mode: typed.schema_mode,
    label_paths: typed.label_paths
      .split(',')
      .map((path) => path.trim())
      .filter(Boolean),
  });
  for (const { path, message } of result.error?.issues ?? [])
    refuse(path[0] === 'label_paths' ? 'label_paths' : path.join('.'), message);
  if (typed.schema_from === 'sample' && typed.sample.trim() === '') refuse('sample', 'sample_required');
  if (typed.schema_from === 'written' && typed.schema.trim() === '') refuse('schema', 'schema_invalid');
  if (typed.schema_from === 'none' && typed.schema_mode !== 'document')
    refuse('schema_mode', 'schema_required');
  return result.data ?? z.NEVER;
});

/** What the form starts from. */
export function eventTypeFormValues(type: EventType | undefined): EventTypeFormValues {
  return {
    name: type?.name ?? '',
    labels: type?.labels ?? { fr: '', en: '' },
    descriptions: type?.descriptions ?? { fr: '', en: '' },
    sample: pretty(type?.sample),
    schema_from: type?.schema ? 'written' : 'none',
    schema: pretty(type?.schema),
    schema_mode: type?.schema_mode ?? 'document',
    label_paths: type?.label_paths.join(', ') ?? '',
  };
}

const pretty = (json: unknown) => (json == null ? '' : JSON.stringify(json, null, 2));
