import { toNestErrors } from '@hookform/resolvers';
import type { FieldError as FormFieldError, Resolver } from 'react-hook-form';
import { parseHeadersJson } from '@/lib/domain/customHeaders';
import type { FieldError } from '@/lib/domain/errors';
import { toFieldErrors } from '@/lib/domain/fieldErrors';
import type { UrlPolicy } from '@/lib/domain/targetUrl';
import { type WebhookInput, webhookInputSchema } from '@/lib/domain/webhook';
import { filledRows, formPath, toInput, type WebhookFormValues } from './webhookFormValues';

/**
 * Checks the form with the schema of the API and yields what the API takes.
 * @param word turns a refused field into a sentence for the person
 */
export function webhookFormResolver(
  policy: UrlPolicy,
  word: (error: FieldError) => string,
): Resolver<WebhookFormValues, unknown, WebhookInput> {
  const schema = webhookInputSchema(policy);
  return (values, _context, options) => {
    const json = values.headers_json === null ? null : parseHeadersJson(values.headers_json);
    // While the headers are edited as JSON, what the rows held before does not count.
    const headers = json && (json.ok ? json.headers : {});
    const input = { ...toInput(values), ...(headers ? { headers } : {}) };
    const result = schema.safeParse(input);
    const refused = [...(result.success ? [] : toFieldErrors(result.error)), ...headerErrors(values, json)];
    if (result.success && refused.length === 0) return { values: result.data, errors: {} };
    const flat: Record<string, FormFieldError> = {};
    for (const error of refused) flat[formPath(error, values)] ??= { type: error.code, message: word(error) };
    return { values: {}, errors: toNestErrors(flat, options) };
  };
}

function headerErrors(
  values: WebhookFormValues,
  json: ReturnType<typeof parseHeadersJson> | null,
): FieldError[] {
  if (json) {
    if (json.ok) return [];
    const { code, line, column } = json;
    return [{ path: 'headers', code, message: '', ...(line && column ? { line, column } : {}) }];
  }
  // An object cannot hold the same name twice, so the schema never sees it.
  const names = filledRows(values.headers).map((row) => row.name.trim());
  const repeated = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  return repeated ? [{ path: `headers.${repeated}`, code: 'header_duplicate', message: '' }] : [];
}
