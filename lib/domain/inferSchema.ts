export type JsonSchema = { readonly [keyword: string]: unknown };

/** The JSON Schema that a sample tells: its fields are there and have its types; others may be. */
export function inferSchema(sample: unknown): JsonSchema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schemaOf(sample) };
}

function schemaOf(value: unknown): { [keyword: string]: unknown } {
  if (value === null) return {}; // of which kind it is otherwise, nobody knows
  if (Array.isArray(value)) {
    const kinds = new Map(value.map((item) => [JSON.stringify(schemaOf(item)), schemaOf(item)]));
    const [only] = kinds.values();
    return { type: 'array', ...(kinds.size === 1 && only ? { items: only } : {}) };
  }
  if (typeof value === 'object') {
    const entries = Object.entries(value as object);
    return {
      type: 'object',
      properties: Object.fromEntries(entries.map(([name, field]) => [name, schemaOf(field)])),
      required: entries.filter(([, field]) => field !== null).map(([name]) => name),
    };
  }
  return { type: typeof value };
}
