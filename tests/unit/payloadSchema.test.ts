import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inferSchema } from '@/lib/domain/inferSchema';
import { schemaToType } from '@/lib/domain/schemaTypes';
import { isJsonSchema, schemaFaults } from '@/lib/services/payloadSchema';
import { eventDeclarations } from '../../scripts/eventDeclarations';

describe('a schema', () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      montant: { type: 'number', minimum: 0 },
      'a/b~c': { type: 'array', items: { type: 'string' } },
    },
    required: ['id'],
  };

  it('names each place where a payload does not fit', () => {
    expect(schemaFaults(schema, { id: 1, montant: 2 })).toEqual([]);
    const faults = schemaFaults(schema, { montant: -1, 'a/b~c': ['x', 7] });
    expect(faults.map(({ path, code }) => [path, code])).toEqual([
      ['payload.id', 'schema_refuses'],
      ['payload.montant', 'schema_refuses'],
      ['payload.a/b~c.1', 'schema_refuses'],
    ]);
  });

  it.each([
    ['a wrong keyword', { type: 'strin' }],
    ['a reference to another document', { $ref: 'https://example.com/schema.json' }],
    ['a reference to nothing', { $ref: '#/$defs/nothing' }],
    ['a pattern that is none', { pattern: '(' }],
    ['properties that are none', { properties: 7 }],
  ])('with %s is none', (_what, wrong) => {
    expect(isJsonSchema(wrong)).toBe(false);
  });

  it.each([
    ['a pattern that backtracks', { pattern: '^(a+)+$' }, `${'a'.repeat(40)}!`],
    ['references in circles', { $ref: '#' }, {}],
    [
      'choices that multiply',
      {
        anyOf: [
          { items: { $ref: '#' }, type: 'array', minItems: 1 },
          { items: { $ref: '#' }, type: 'array', maxItems: 1, minItems: 1 },
        ],
      },
      JSON.parse('['.repeat(60) + ']'.repeat(60)),
    ],
  ])('with %s ends the check, not the process', (_what, evil, payload) => {
    const from = performance.now();
    expect(schemaFaults(evil, payload)).not.toEqual([]);
    expect(performance.now() - from).toBeLessThan(5000);
  });

  it('may repeat another’s $id, and have keywords and formats that nobody knows', () => {
    const named = (type: string) => ({ $id: 'https://example.com/x', type, 'x-note': 1, format: 'email' });
    expect(schemaFaults(named('string'), 'no address')).toEqual([]);
    expect(schemaFaults(named('number'), 'x')).not.toEqual([]);
  });

  it('inferred from a sample fits the sample', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (sample) => {
        expect(schemaFaults(inferSchema(sample), sample)).toEqual([]);
      }),
      { numRuns: 30 },
    );
    expect(inferSchema({ id: 1, vide: null, mots: ['a'], mixte: [1, 'a'] })).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: {
        id: { type: 'number' },
        vide: {},
        mots: { type: 'array', items: { type: 'string' } },
        mixte: { type: 'array' },
      },
      required: ['id', 'mots', 'mixte'],
    });
  });
});

it('types in TypeScript are as narrow as the schema, and no narrower', () => {
  expect(schemaToType({ type: ['string', 'null'] })).toBe('string | null');
  expect(schemaToType({ enum: ['a', 1, null] })).toBe('"a" | 1 | null');
  expect(schemaToType({ type: 'array', items: { anyOf: [{ type: 'integer' }, { const: 'x' }] } })).toBe(
    'Array<number | "x">',
  );
  expect(schemaToType({ allOf: [{ type: 'string' }] })).toBe('unknown');
  expect(schemaToType(false)).toBe('never');
  expect(
    eventDeclarations([
      { name: 'lead.created', schema: true, sample: null, deprecated: false },
      { name: 'webhook.disabled', schema: true, sample: null, deprecated: false },
      { name: 'client.created', schema: null, sample: { id: 1, nom: 'x' }, deprecated: true },
      { name: 'client.paid', schema: null, sample: null, deprecated: false },
    ]),
  ).toBe(`// Written by \`npm run types:events\` from the registry of event types: run it again rather than change it.
import '@/lib/domain/eventSchemas';

declare module '@/lib/domain/eventSchemas' {
  interface RegisteredEventPayloads {
    /** @deprecated */
    'client.created': {
      "id": number;
      "nom": string;
      [field: string]: unknown;
    };
    'client.paid': unknown;
  }
}
`);
});
