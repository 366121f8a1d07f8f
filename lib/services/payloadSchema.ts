import { createContext, Script } from 'node:vm';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { LRUCache } from 'lru-cache';
import type { FieldError } from '@/lib/domain/errors';
import { fieldErrorMessages } from '@/lib/domain/fieldErrors';
import type { JsonSchema } from '@/lib/domain/inferSchema';

/** Milliseconds that one check may take: patterns and references can be written that would never end. */
const timeLimit = 500;
/** Most faults that an answer names. */
const mostFaults = 20;

// What a schema does not know of is allowed, as the standard has it; formats are documentation.
const options = {
  strict: false,
  allErrors: true,
  validateFormats: false,
  logger: false,
  addUsedSchema: false,
} as const;

/** Checks that were compiled, by the text of their schema. */
const compiled = new LRUCache<string, ValidateFunction>({ max: 200 });

/** The check of a schema; null: it is none, or needs another document. */
function checkOf(schema: JsonSchema): ValidateFunction | null {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known) return known;
  try {
    // One for each: a schema's $id must not meet another's.
    const check = new Ajv2020(options).compile(schema as object);
    compiled.set(text, check);
    return check;
  } catch {
    return null;
  }
}

export const isJsonSchema = (schema: JsonSchema): boolean => checkOf(schema) !== null;

// Nothing of another's runs here: the context is there for its limit on time, which also ends a pattern that backtracks.
const place = createContext({ run: null as (() => boolean) | null });
const call = new Script('run()');

/**
 * Where a payload does not fit a schema: paths into it, such as `payload.montant`. Empty where it fits.
 * @param payload as `JSON.parse` gives it
 */
export function schemaFaults(schema: JsonSchema, payload: unknown): FieldError[] {
  const check = checkOf(schema);
  if (!check) return [fault('payload', fieldErrorMessages.schema_invalid)];
  place.run = () => check(payload);
  try {
    if (call.runInContext(place, { timeout: timeLimit })) return [];
  } catch {
    return [fault('payload', `The check came to no end within ${timeLimit} ms.`)];
  } finally {
    place.run = null;
  }
  return (check.errors ?? []).slice(0, mostFaults).map(({ instancePath, message, keyword, params }) => {
    const missing = keyword === 'required' ? `/${params.missingProperty}` : '';
    const path = `payload${instancePath}${missing}`
      .replaceAll('/', '.')
      .replaceAll('~1', '/')
      .replaceAll('~0', '~');
    return fault(path, `The payload does not fit its schema: ${message ?? keyword}.`);
  });
}

const fault = (path: string, message = 'The payload does not fit its schema.'): FieldError => ({
  path,
  code: 'schema_refuses',
  message,
});
