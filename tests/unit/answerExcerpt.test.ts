import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerExcerpt } from '@/lib/domain/answerExcerpt';

const said = (body: unknown) =>
  answerExcerpt(typeof body === 'string' ? body : JSON.stringify(body)).map(({ field, message }) =>
    field === null ? message : `${field}: ${message}`,
  );
const phone = 'telephone: format E.164 attendu';

test.each([
  ['a map of fields', { errors: { telephone: 'format E.164 attendu' } }],
  ['Laravel', { message: 'The given data was invalid.', errors: { telephone: ['format E.164 attendu'] } }],
  ['Django', { telephone: ['format E.164 attendu'] }],
  ['FastAPI', { detail: [{ loc: ['body', 'telephone'], msg: 'format E.164 attendu', type: 'value_error' }] }],
  ['zod', { issues: [{ code: 'invalid', path: ['telephone'], message: 'format E.164 attendu' }] }],
  ['Symfony', { title: 'Error', violations: [{ propertyPath: 'telephone', title: 'format E.164 attendu' }] }],
  [
    'JSON:API',
    { errors: [{ source: { pointer: '/telephone' }, title: 'Invalid', detail: 'format E.164 attendu' }] },
  ],
  [
    'RFC 9457',
    { title: 'Invalid', 'invalid-params': [{ name: 'telephone', reason: 'format E.164 attendu' }] },
  ],
  [
    'ours',
    { title: 'x', detail: 'y', errors: [{ path: 'telephone', code: 'z', message: 'format E.164 attendu' }] },
  ],
  [
    'an error with details',
    { error: { code: 400, details: [{ field: 'telephone', message: 'format E.164 attendu' }] } },
  ],
  ['a list', [{ field: 'telephone', message: 'format E.164 attendu' }]],
])('%s', (_, body) => {
  expect(said(body)).toEqual([phone]);
});

test.each([
  [{ error: 'invalid_grant', error_description: 'Jeton expiré' }, ['invalid_grant']],
  [{ message: 'Quota dépassé' }, ['Quota dépassé']],
  [{ title: 'Interdit', detail: 'Compte suspendu' }, ['Compte suspendu']],
  [{ error: { message: 'No such customer' } }, ['No such customer']],
  ['"refusé"', ['refusé']],
  ['Service\nen panne', ['Service']],
  ['<html><head><title>502 Bad Gateway</title></head><h1>x</h1></html>', ['502 Bad Gateway']],
  ['<h1>Maintenance</h1>', ['Maintenance']],
])('%j', (body, expected) => {
  expect(said(body)).toEqual(expected);
});

test.each([
  null,
  '',
  '  ',
  '{}',
  '[]',
  '<b>x</b>',
  { id: 'a', nom: 'Dupont' },
  { ok: false },
  'data:image/png;base64,AA==',
])('nothing is made of %j', (body) => {
  expect(body === null ? answerExcerpt(null) : said(body)).toEqual([]);
});

test('three at most, each once, none endless', () => {
  const errors = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, 'x'.repeat(1000)]));
  expect(said({ errors })).toHaveLength(3);
  expect(said({ errors }).every((text) => text.length < 260)).toBe(true);
  expect(said(['x', 'x'])).toEqual(['x']);
});

test('breaks on no answer', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.jsonValue().map((value) => JSON.stringify({ errors: value })),
      ),
      (body) => {
        for (const { message } of answerExcerpt(body)) expect(message).not.toBe('');
      },
    ),
  );
});
