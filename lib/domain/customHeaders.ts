import { z } from 'zod';
import { maskHeaders } from './masking';

const maxHeaders = 20;
const maxNameLength = 64;
const maxValueLength = 1024;

/** Names that a person may not set: ours, those that steer the connection, and keys to cloud metadata. */
const reservedNames = new Set([
  ...['host', 'content-length', 'transfer-encoding', 'connection', 'keep-alive', 'expect', 'upgrade', 'te'],
  ...[
    'trailer',
    'via',
    'http2-settings',
    'content-type',
    'content-encoding',
    'accept-encoding',
    'user-agent',
    'cookie',
    'cookie2',
  ],
  ...['set-cookie', 'origin', 'referer', 'forwarded', 'x-real-ip', 'metadata', 'metadata-flavor'],
  ...['x-google-metadata-request', 'x-metadata-token', 'x-identity-header'],
]);
const reservedPrefixes = ['webhook-', 'x-webhook-', 'sec-', 'proxy-', 'x-forwarded-', 'x-aws-ec2-metadata-'];

/** True for a header that custom headers may not set. Case does not matter. */
export function isReservedHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return reservedNames.has(lower) || reservedPrefixes.some((prefix) => lower.startsWith(prefix));
}

/** RFC 9110, section 5.6.2. `__proto__` is a token, but no safe key of an object. */
function nameRefusal(name: string): string | null {
  if (name.length > maxNameLength) return 'header_name_too_long';
  if (name === '__proto__' || !/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) return 'header_name_invalid';
  return isReservedHeader(name) ? 'header_reserved' : null;
}

function valueRefusal(value: unknown): string | null {
  if (typeof value !== 'string') return 'header_value_invalid';
  if (value === '') return 'header_value_required';
  if (value.length > maxValueLength) return 'header_value_too_long';
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value) ? null : 'header_value_invalid';
}

const isHeaderObject = (input: unknown): input is Record<string, string> =>
  typeof input === 'object' && input !== null && !Array.isArray(input);

/**
 * A webhook's custom headers: an object of strings. Each issue's path is the refused name (empty for the object
 * itself) and its message a code of `fieldErrorMessages`.
 */
export const customHeadersSchema: z.ZodType<Record<string, string>, Record<string, string>> = z
  .custom<Record<string, string>>(isHeaderObject, 'headers_not_object')
  .superRefine((headers, context) => {
    const names = Object.keys(headers);
    const issue = (message: string, path: string[] = []) =>
      context.addIssue({ code: 'custom', message, path });
    if (names.length > maxHeaders) issue('headers_too_many');
    const seen = new Set<string>();
    for (const name of names) {
      const code = nameRefusal(name) ?? valueRefusal(headers[name]);
      if (code) issue(code, [name]);
      else if (seen.has(name.toLowerCase())) issue('header_duplicate', [name]);
      seen.add(name.toLowerCase());
    }
  })
  .meta({
    override: { type: 'object', maxProperties: maxHeaders, additionalProperties: { type: 'string' } },
  })
  .transform((headers) => ({ ...headers }));

type HeadersFromJson =
  | { ok: true; headers: Record<string, string> }
  | { ok: false; code: string; line?: number; column?: number };

/**
 * Reads custom headers from their JSON form, `{ "Authorization": "Bearer …" }`; an empty text means none.
 * Notices a key that the text repeats, which `JSON.parse` would drop. Lines and columns count from 1.
 */
export function parseHeadersJson(text: string): HeadersFromJson {
  if (text.trim() === '') return { ok: true, headers: {} };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, code: 'headers_json_invalid', ...syntaxPosition(text, String(error)) };
  }
  if (!isHeaderObject(value)) return { ok: false, code: 'headers_not_object', line: 1, column: 1 };
  return repeatedKey(text) ?? checkedHeaders(value, text);
}

function checkedHeaders(value: Record<string, string>, text: string): HeadersFromJson {
  const result = customHeadersSchema.safeParse(value);
  if (result.success) return { ok: true, headers: result.data };
  const issue = result.error.issues[0];
  const offset = topLevelKeys(text).find(({ key }) => key === issue?.path[0])?.offset ?? 0;
  return { ok: false, code: issue?.message ?? 'headers_not_object', ...position(text, offset) };
}

function repeatedKey(text: string): HeadersFromJson | null {
  const seen = new Set<string>();
  for (const { key, offset } of topLevelKeys(text)) {
    if (seen.has(key)) return { ok: false, code: 'header_duplicate', ...position(text, offset) };
    seen.add(key);
  }
  return null;
}

/** The keys of the outermost object of a valid JSON text, repeats included. */
function topLevelKeys(text: string): { key: string; offset: number }[] {
  const keys: { key: string; offset: number }[] = [];
  let depth = 0;
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g)) {
    const [written, colon] = token;
    if (written === '{' || written === '[') depth += 1;
    else if (written === '}' || written === ']') depth -= 1;
    else if (depth === 1 && colon) {
      keys.push({ key: JSON.parse(written.slice(0, -colon.length)) as string, offset: token.index });
    }
  }
  return keys;
}

/** Engines tell the place of a syntax error only in their message; where they do not, the text ended too early. */
function syntaxPosition(text: string, message: string): { line: number; column: number } {
  const lineAndColumn = /line (\d+) column (\d+)/.exec(message);
  if (lineAndColumn) return { line: Number(lineAndColumn[1]), column: Number(lineAndColumn[2]) };
  const offset = /position (\d+)/.exec(message);
  return position(text, offset ? Number(offset[1]) : text.length);
}

function position(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** The same names with every value masked, for lists and logs. */
export function maskHeaderValues(headers: Record<string, string>): Record<string, string> {
  return maskHeaders(Object.entries(headers), Object.keys(headers));
}
