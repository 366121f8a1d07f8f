import { isMap, isScalar, LineCounter, parseDocument, stringify, visit } from 'yaml';
import { WebhookError } from '@/lib/domain/errors';
import { fieldErrorMessages } from '@/lib/domain/fieldErrors';
import { readBytes, readJson } from './readJson';

const yamlTypes = /^(application|text)\/(x-)?yaml$/;

/** Whether YAML is what the request wants. */
export function wantsYaml(request: Request, format: 'json' | 'yaml' | undefined): boolean {
  if (format) return format === 'yaml';
  const accepted = request.headers.get('accept') ?? '';
  return accepted.split(',').some((type) => yamlTypes.test(type.split(';')[0]?.trim().toLowerCase() ?? ''));
}

/** An answer in YAML (RFC 9512). */
export const yamlResponse = (value: unknown) =>
  new Response(stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }), {
    headers: { 'content-type': 'application/yaml; charset=utf-8', 'cache-control': 'no-store' },
  });

/**
 * The body of a request, in YAML or in JSON, as its type says.
 * @throws WebhookError `validation_failed` for YAML that cannot be read, with its place; those of `readJson`
 */
export async function readConfiguration(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (!yamlTypes.test(type)) return readJson(request);
  const bytes = await readBytes(request);
  try {
    return parseYaml(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof WebhookError) throw error;
    // Not UTF-8, aliases without end, nested deeper than the stack.
    throw unreadable(error instanceof Error ? error.message : '');
  }
}

function parseYaml(text: string): unknown {
  const lines = new LineCounter();
  // The library's own search for keys that come twice compares each with each.
  const document = parseDocument(text, { uniqueKeys: false, lineCounter: lines, logLevel: 'silent' });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const [fault] = document.errors;
  if (fault) throw unreadable(fault.message.split('\n')[0] ?? '', place(fault.pos[0]));
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of isMap(map) ? map.items : []) {
        if (!isScalar(key)) throw unreadable('A key has to be a text.');
        if (seen.has(key.value)) throw unreadable(`${key.value} comes twice.`, place(key.range?.[0] ?? 0));
        seen.add(key.value);
      }
    },
  });
  return document.toJS();
}

function unreadable(why: string, place: { line?: number; column?: number } = {}): WebhookError {
  const code = 'configuration_unreadable';
  const message = `${fieldErrorMessages[code]} ${why}`.trim();
  return new WebhookError('validation_failed', { errors: [{ path: '', code, message, ...place }] });
}
