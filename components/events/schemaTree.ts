import { z } from 'zod';

const types = ['string', 'number', 'integer', 'boolean', 'object', 'array'] as const;

/** A field of an event's data, as the catalogue shows it. */
export type SchemaField = {
  name: string;
  /** JSON Schema type; `any` where anything is accepted. */
  type: (typeof types)[number] | 'any';
  /** Meaning of the text or number, such as « UUID » or « ISO 8601 ». */
  format?: string;
  required: boolean;
  nullable: boolean;
  children: SchemaField[];
};

type JsonSchema = {
  /** Several where a value may be of several types, null among them. */
  type?: string | string[];
  description?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  anyOf?: JsonSchema[];
  items?: JsonSchema;
};

/** The fields of an event's data, from its zod schema by way of JSON Schema. */
export function schemaTree(schema: z.ZodType): SchemaField[] {
  return fieldsOf(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema);
}

function fieldsOf(schema: JsonSchema): SchemaField[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const variants = property.anyOf ?? [property];
    const value = variants.find((variant) => variant.type !== 'null') ?? {};
    const format = property.description ?? value.description;
    const named = variants.flatMap((variant) => variant.type ?? []);
    return {
      name,
      type: types.find((type) => named.includes(type)) ?? 'any',
      ...(format ? { format } : {}),
      required: required.has(name),
      nullable: named.includes('null'),
      children: fieldsOf(value.items ?? value),
    };
  });
}
