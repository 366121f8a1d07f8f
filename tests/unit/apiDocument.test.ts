import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { expect, test } from 'vitest';
import { eventTypeSchema } from '@/lib/domain/eventType';
import { apiDocument } from '@/lib/services/apiDocument';

/*
 * The description of the API, as GET /api/openapi.json answers it.
 */

const at = '2026-11-01T00:00:00.000Z';
const signed = eventTypeSchema.parse({
  ...{ name: 'contract.signed', kind: 'contract', labels: { en: 'Contract signed' }, descriptions: {} },
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:example:contract',
    type: 'object',
    properties: { id: { type: 'string' }, montant: { $ref: '#/$defs/amount' } },
    $defs: { amount: { type: 'number', minimum: 0 } },
  },
  ...{ schema_mode: 'gate', sample: { id: '42', montant: 1200 }, label_paths: [], source: null },
  ...{ deprecated_at: at, created_at: at, updated_at: at },
});
const document = apiDocument([signed]);

test('is clean by Redocly’s recommended rules, examples included', async () => {
  const config = await createConfig({
    extends: ['recommended'],
    // To ask for the health is refused to nobody.
    rules: { 'operation-4xx-response': 'off' },
  });
  const problems = await lintFromString({ source: JSON.stringify(document), config });
  expect(
    problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`),
  ).toEqual([]);
});

test('has every route that is there, with every method that it takes, and no other', () => {
  const root = join(import.meta.dirname, '../..');
  const taken = globSync('app/api/**/route.ts', { cwd: root }).flatMap((file) => {
    const path = `/${dirname(file).slice(4)}`.replace(/\[(\w+)\]/g, '{$1}');
    if (path.includes('[...')) return []; // what is no route
    const text = readFileSync(join(root, file), 'utf8');
    const own = [...text.matchAll(/export const (\w+) = withRoute/g)].map(([, method]) => method);
    const named = [...text.matchAll(/receive as (GET|POST|PUT|PATCH|DELETE)/g)].map(([, method]) => method);
    return [...own, ...named].map((method) => `${method} ${path}`);
  });
  const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.sort()).toEqual(taken.sort());
  expect(described.length).toBeGreaterThan(80);
});

test('a type’s schema refers to itself within the document, whatever it calls itself', () => {
  const { properties, ...schema } = document.components.schemas['event.contract.signed'] as Record<
    string,
    unknown
  >;
  expect(properties).toMatchObject({
    montant: { $ref: '#/components/schemas/event.contract.signed/$defs/amount' },
  });
  expect(schema).not.toHaveProperty('$id');
  expect(document.webhooks['contract.signed']?.post).toMatchObject({ deprecated: true });
});
