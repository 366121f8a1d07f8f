import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Content = Record<string, { schema?: object; example?: unknown }>;

/** As much of an OpenAPI document as the contract test reads. */
export type ApiDocument = {
  paths: Record<
    string,
    Record<string, Omit<Operation, 'path' | 'method' | 'parameters'> & Partial<Pick<Operation, 'parameters'>>>
  >;
  components: { schemas: Record<string, object> };
};

export type Operation = {
  method: string;
  path: string;
  parameters: { name: string; in: string; required?: boolean; schema: object }[];
  requestBody?: { content: Content };
  responses: Record<string, { content?: Content }>;
  security: Record<string, string[]>[];
};

/** What reads before what writes, before what removes: so that things are there for as long as they are asked for. */
const order = ['get', 'post', 'put', 'patch', 'delete'];

export function operationsOf({ paths }: ApiDocument): Operation[] {
  return Object.entries(paths)
    .flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ parameters: [], ...operation, method, path })),
    )
    .sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method) || b.path.length - a.path.length);
}

type Answer = { status: number; type: string | undefined; text: string };

/** Says what of an answer the document does not describe; null: it describes it. */
export function contractCheck(
  document: ApiDocument,
): (operation: Operation, answer: Answer) => string | null {
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true, logger: false }));
  const checks = new Map<object, ValidateFunction>();
  const checkOf = (schema: object) => {
    const check = checks.get(schema) ?? ajv.compile({ ...schema, components: document.components });
    checks.set(schema, check);
    return check;
  };
  return (operation, { status, type, text }) => {
    if (status === 500) return `500: ${text}`;
    const described = operation.responses[status] ?? operation.responses.default;
    if (!described) return `${status} is not described: ${text.slice(0, 300)}`;
    if (!described.content)
      return text === '' || operation.responses[status] === undefined ? null : `a body: ${text}`;
    const kind = type?.split(';')[0] ?? '';
    const content = described.content[kind] ?? described.content['*/*'];
    if (!content) return `${status} is not described as ${kind}`;
    if (!content.schema || !kind.endsWith('json')) return null;
    const check = checkOf(content.schema);
    return check(JSON.parse(text))
      ? null
      : `${status}: ${ajv.errorsText(check.errors)}: ${text.slice(0, 500)}`;
  };
}
