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

/** What the tree reads of a JSON Schema. `true` and `false` are schemas as well, and say nothing of fields. */
type Schema = boolean | SchemaKeywords;
type SchemaKeywords = {
  /** Several where a value may be of several types, null among them. */
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  anyOf?: Schema[];
  items?: Schema;
};

/** The fields of an event's data, from its JSON Schema. */
export const schemaTree = (schema: object): SchemaField[] => fieldsOf(schema);

function fieldsOf(schema: Schema): SchemaField[] {
  const { required = [], properties = {} } = keywords(schema);
  return Object.entries(properties).map(([name, property]) => {
    const field = keywords(property);
    const variants = field.anyOf?.map(keywords) ?? [field];
    const value = variants.find((variant) => variant.type !== 'null') ?? {};
    const format = field.description ?? value.description;
    const named = variants.flatMap((variant) => variant.type ?? []);
    return {
      name,
      type: types.find((type) => named.includes(type)) ?? 'any',
      ...(format ? { format } : {}),
      required: required.includes(name),
      nullable: named.includes('null'),
      children: fieldsOf(value.items ?? value),
    };
  });
}

const keywords = (schema: Schema): SchemaKeywords => (typeof schema === 'boolean' ? {} : schema);
