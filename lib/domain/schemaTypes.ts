import type { JsonSchema } from './inferSchema';

/**
 * The TypeScript type of what fits a JSON Schema, where it is as simple as payloads are: types, properties, items, enum,
 * const, anyOf, oneOf. What is more than that is `unknown`: never narrower than the schema.
 */
export function schemaToType(schema: unknown, indent = ''): string {
  if (typeof schema !== 'object' || schema === null) return schema === false ? 'never' : 'unknown';
  const { type, enum: values, const: only, anyOf, oneOf } = schema as Record<string, unknown>;
  if (only !== undefined) return literal([only]);
  if (Array.isArray(values)) return literal(values);
  const choices = anyOf ?? oneOf;
  if (Array.isArray(choices)) return union(choices.map((choice) => schemaToType(choice, indent)));
  const types = Array.isArray(type) ? type : [type];
  return union(types.map((one) => typeOf(one, schema as Record<string, unknown>, indent)));
}

function typeOf(type: unknown, schema: Record<string, unknown>, indent: string): string {
  if (type === 'string' || type === 'boolean' || type === 'null') return type;
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'array') return `Array<${schemaToType(schema.items, indent)}>`;
  if (type === 'object') return objectType(schema, indent);
  return 'unknown';
}

function objectType(schema: Record<string, unknown>, indent: string): string {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  const inner = `${indent}  `;
  const fields = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>).map(
    ([name, field]) =>
      `${inner}${JSON.stringify(name)}${required.has(name) ? '' : '?'}: ${schemaToType(field, inner)};\n`,
  );
  const others = schema.additionalProperties === false ? '' : `${inner}[field: string]: unknown;\n`;
  return `{\n${fields.join('')}${others}${indent}}`;
}

const literal = (values: unknown[]) =>
  union(
    values.map((value) => (typeof value === 'object' && value !== null ? 'unknown' : JSON.stringify(value))),
  );

function union(types: string[]): string {
  const all = [...new Set(types)];
  return all.includes('unknown') || all.length === 0 ? 'unknown' : all.join(' | ');
}
