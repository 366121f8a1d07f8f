import { describe, expect, it } from 'vitest';
import { eventTypeFormSchema, eventTypeFormValues } from '@/components/events/eventTypeForm';

const values = { ...eventTypeFormValues(undefined), name: 'client.created' };
const typed = (changed: Partial<typeof values>) => eventTypeFormSchema.safeParse({ ...values, ...changed });
const refused = (changed: Partial<typeof values>) =>
  typed(changed).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`);

describe('the form of an event type', () => {
  it('gives what the API takes: labels that nobody wrote are the name', () => {
    expect(typed({}).data).toEqual({
      name: 'client.created',
      labels: { fr: 'client.created', en: 'client.created' },
      descriptions: { fr: '', en: '' },
      sample: null,
      schema: null,
      schema_mode: 'document',
      label_paths: [],
    });
    expect(
      typed({
        labels: { fr: 'Client créé', en: '' },
        sample: '{"id":"1","nom":"Durand"}',
        schema_from: 'sample',
        schema_mode: 'gate',
        label_paths: ' prenom,nom, ',
      }).data,
    ).toMatchObject({
      labels: { fr: 'Client créé', en: 'Client créé' },
      sample: { id: '1', nom: 'Durand' },
      schema: 'infer',
      schema_mode: 'gate',
      label_paths: ['prenom', 'nom'],
    });
  });

  it('gives back a type as it was', () => {
    const schema = { type: 'object', properties: { id: true } };
    const data = typed({ schema_from: 'written', schema: JSON.stringify(schema), sample: '{"id":1}' }).data;
    expect(data?.schema).toEqual(schema);
  });

  it.each([
    [{ name: 'Client' }, ['name event_name_invalid']],
    [{ name: 'webhook.failing' }, ['name event_kind_reserved']],
    [{ sample: '{"id":' }, ['sample json_invalid']],
    [{ sample: '[1]' }, ['sample sample_invalid']],
    [{ schema_from: 'written' as const, schema: '{' }, ['schema json_invalid']],
    [{ schema_from: 'written' as const, schema: '"text"' }, ['schema schema_invalid']],
    [{ schema_from: 'written' as const }, ['schema schema_invalid']],
    [{ schema_from: 'sample' as const }, ['sample sample_required']],
    [{ schema_mode: 'gate' as const }, ['schema_mode schema_required']],
    [{ label_paths: 'a,'.repeat(11) }, ['label_paths label_path_invalid']],
    [{ labels: { fr: 'x'.repeat(201), en: '' } }, ['labels.fr text_too_long', 'labels.en text_too_long']],
  ])('says at the field what is wrong with %j', (changed, faults) => {
    expect(refused(changed)).toEqual(faults);
  });
});
