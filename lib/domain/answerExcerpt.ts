/** What a receiver says is wrong: about one field of what it was sent, or as a whole. */
export type Complaint = { field: string | null; message: string };

const mostComplaints = 3;
const longestMessage = 240;
const longestField = 80;
/** Deeper than any error is nested. */
const deepest = 4;

/**
 * The telling part of an answer that refuses: what receivers write in the usual shapes (problem details, Laravel, Rails, Django,
 * FastAPI, zod, Symfony, JSON:API), the title of an HTML page, or the first line of a text. Empty: it says nothing.
 */
export function answerExcerpt(body: string | null): Complaint[] {
  const text = body?.trim() ?? '';
  if (text === '' || text.startsWith('data:')) return [];
  const parsed = parse(text);
  if (parsed !== undefined) return unique(complaintsIn(parsed, null, 0)).slice(0, mostComplaints);
  const line = text.startsWith('<') ? titleOf(text) : text.split('\n', 1)[0];
  return line ? complaint(null, line) : [];
}

const listKeys = ['errors', 'violations', 'issues', 'invalid-params', 'invalid_params', 'details', 'detail'];
const wholeKeys = [
  'error',
  'message',
  'error_description',
  'error_message',
  'description',
  'reason',
  'msg',
  'title',
];
const fieldKeys = [
  'field',
  'path',
  'loc',
  'param',
  'property',
  'propertyPath',
  'instancePath',
  'name',
  'pointer',
];

function complaintsIn(value: unknown, field: string | null, depth: number): Complaint[] {
  if (typeof value === 'string') return complaint(field, value);
  if (depth > deepest || typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => complaintsIn(item, field, depth + 1));
  const of = value as Record<string, unknown>;
  const named = fieldOf(of) ?? field;
  for (const key of listKeys) {
    const found = typeof of[key] === 'object' ? complaintsIn(of[key], named, depth + 1) : [];
    if (found.length > 0) return found;
  }
  for (const key of ['detail', ...wholeKeys]) {
    const found = complaintsIn(of[key], named, depth + 1);
    if (found.length > 0) return found;
  }
  return byField(of, named, depth);
}

/** `{ "telephone": ["…"] }`: the messages under the names of their fields. */
function byField(of: Record<string, unknown>, outer: string | null, depth: number): Complaint[] {
  const entries = Object.entries(of);
  // In an object of something else a string is a value, and no message.
  const areMessages = outer !== null || depth > 0 || entries.every(([, value]) => Array.isArray(value));
  if (!areMessages) return [];
  return entries.flatMap(([name, value]) =>
    complaintsIn(value, /^(non_field_errors|base|_errors?)$/.test(name) ? outer : name, depth + 1),
  );
}

function fieldOf(of: Record<string, unknown>): string | null {
  const source = of.source as { pointer?: unknown; parameter?: unknown } | undefined | null;
  const given = [source?.pointer, source?.parameter, ...fieldKeys.map((key) => of[key])].find(
    (value) => (typeof value === 'string' && value !== '') || (Array.isArray(value) && value.length > 0),
  );
  if (given === undefined) return null;
  const text = Array.isArray(given) ? given.filter((part) => part !== 'body').join('.') : String(given);
  const name = text.replace(/^[#/]+/, '').replaceAll('/', '.');
  return name === '' ? null : name.slice(0, longestField);
}

function complaint(field: string | null, text: string): Complaint[] {
  const message = text.replace(/\s+/g, ' ').trim();
  if (message === '') return [];
  const cut =
    message.length > longestMessage ? `${message.slice(0, longestMessage - 1).toWellFormed()}…` : message;
  return [{ field, message: cut }];
}

const unique = (all: Complaint[]) => [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];

const titleOf = (html: string) =>
  /<title[^>]*>([^<]*)<\/title>/i.exec(html)?.[1] ?? /<h1[^>]*>([^<]*)<\/h1>/i.exec(html)?.[1];

/** Undefined: no JSON object or list. */
function parse(text: string): unknown {
  if (!/^[{["]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
