import { describe, expect, it, test } from 'vitest';
import { changedFields } from '@/lib/domain/changedFields';
import { appointmentInputSchema, fileInputSchema, leadInputSchema, leadPatchSchema } from '@/lib/domain/crm';
import { fieldErrorMessages, toFieldErrors } from '@/lib/domain/fieldErrors';

describe('a lead', () => {
  it('needs only a name', () => {
    expect(leadInputSchema.parse({ nom: ' Dupont ' })).toEqual({
      nom: 'Dupont',
      prenom: '',
      email: '',
      telephone: '',
      statut: 'nouveau',
    });
  });

  it.each([
    [{}, 'nom', 'nom_required'],
    [{ nom: ' ' }, 'nom', 'nom_required'],
    [{ nom: 'x'.repeat(121) }, 'nom', 'text_too_long'],
    [{ nom: 'x', email: 'jean' }, 'email', 'email_invalid'],
    [{ nom: 'x', age: 3 }, 'age', 'unknown_field'],
  ])('%j is refused', (input, path, code) => {
    const { error } = leadInputSchema.safeParse(input);
    expect(error && toFieldErrors(error)).toEqual([{ path, code, message: fieldErrorMessages[code] }]);
  });

  it('is changed by at least one field, and keeps what is not named', () => {
    expect(leadPatchSchema.parse({ email: '' })).toEqual({ email: '' });
    expect(leadPatchSchema.safeParse({}).error?.issues[0]?.message).toBe('nothing_to_change');
  });
});

test('an appointment ends after it starts, whatever the time zones say', () => {
  const at = (debut: string, fin: string) =>
    appointmentInputSchema.safeParse({ titre: 'Visite', debut, fin }).error?.issues[0];
  expect(at('2026-01-01T10:00:00Z', '2026-01-01T10:45:00Z')).toBeUndefined();
  expect(at('2026-01-01T10:00:00+02:00', '2026-01-01T09:00:00Z')).toBeUndefined();
  expect(at('2026-01-01T10:00:00Z', '2026-01-01T10:30:00+01:00')).toMatchObject({
    path: ['fin'],
    message: 'fin_before_debut',
  });
  expect(at('demain', '2026-01-01T10:00:00Z')?.message).toBe('time_required');
});

test('a file of unknown type is plain bytes', () => {
  expect(fileInputSchema.parse({ nom: 'a', type_mime: 'text/html\r\nx: y' })).toEqual({
    nom: 'a',
    type_mime: 'application/octet-stream',
    lead_id: null,
  });
});

test('the changes of an update are the fields that differ; one moment written twice is the same', () => {
  const before = { titre: 'Visite', debut: '2026-01-01T10:00:00.000Z', lieu: '' };
  expect(
    changedFields(before, { titre: 'Visite', debut: '2026-01-01T11:00:00+01:00', lieu: 'Lyon' }),
  ).toEqual({ lieu: 'Lyon' });
  expect(changedFields(before, { debut: '2026-01-01T11:00:00Z' })).toEqual({
    debut: '2026-01-01T11:00:00Z',
  });
});
