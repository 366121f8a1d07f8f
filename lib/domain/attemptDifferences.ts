import type { Attempt } from './delivery';

/** One value that two attempts have otherwise; undefined where one of them has none. */
export type AttemptDifference = {
  part: 'request_url' | 'request_headers' | 'request_body' | 'outcome' | 'response_headers' | 'response_body';
  /** Where in that part: the name of a header, a place in JSON; null: all of it. */
  path: string | null;
  before: string | undefined;
  after: string | undefined;
};

const mostDifferences = 200;

/**
 * In what two attempts differ, value by value. The order of keys, how JSON is laid out, times and signatures are no
 * difference.
 */
export function attemptDifferences(one: Attempt, other: Attempt): AttemptDifference[] {
  const found: AttemptDifference[] = [];
  const note = (part: AttemptDifference['part'], before: Leaves, after: Leaves) => {
    for (const path of new Set([...before.keys(), ...after.keys()])) {
      const [left, right] = [before.get(path), after.get(path)];
      if (left !== right) found.push({ part, path: path || null, before: left, after: right });
    }
  };
  note('outcome', outcomeOf(one), outcomeOf(other));
  note('response_headers', headersOf(one.response_headers), headersOf(other.response_headers));
  note('response_body', bodyOf(one.response_body), bodyOf(other.response_body));
  note('request_url', textOf(one.request_url), textOf(other.request_url));
  note('request_headers', headersOf(one.request_headers), headersOf(other.request_headers));
  note('request_body', bodyOf(one.request_body), bodyOf(other.request_body));
  return found.slice(0, mostDifferences);
}

/** Every value by its place. */
type Leaves = Map<string, string>;

const textOf = (text: string | null): Leaves => new Map(text === null ? [] : [['', text]]);

const outcomeOf = ({ response_status, error_kind, error_message }: Attempt): Leaves =>
  new Map(
    Object.entries({ response_status, error_kind, error_message })
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, String(value)]),
  );

/** Which every request and every answer has anew. */
const ownOfEach = new Set(['date', 'webhook-timestamp', 'webhook-signature', 'x-webhook-signature']);

const headersOf = (headers: Record<string, string> | null): Leaves =>
  new Map(
    Object.entries(headers ?? {})
      .map(([name, value]) => [name.toLowerCase(), value] as const)
      .filter(([name]) => !ownOfEach.has(name)),
  );

function bodyOf(body: string | null): Leaves {
  if (body === null || !/^\s*[{[]/.test(body)) return textOf(body);
  try {
    const leaves: Leaves = new Map();
    collect(JSON.parse(body), '', leaves);
    return leaves;
  } catch {
    return textOf(body);
  }
}

function collect(value: unknown, path: string, leaves: Leaves): void {
  const isBranch = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (!isBranch) leaves.set(path, JSON.stringify(value));
  else
    for (const [key, item] of Object.entries(value as object))
      collect(item, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key, leaves);
}
