import { generateSync } from 'json-schema-faker';
import type { ApiDocument, Operation } from './contractDocument.ts';

/** One request of the contract test. */
export type ContractCase = {
  /** What is tried, for the report. */
  what: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
  /** Without any session. */
  isNobody?: boolean;
};

/** Values that fit this installation, by the name of their field: there are ids and addresses that no schema knows. */
export type Known = Record<string, unknown>;

const json = { 'content-type': 'application/json' };

/** The requests that an operation is tried with: some as its schemas have them, some that miss them. */
export function casesOf(
  document: ApiDocument,
  operation: Operation,
  known: Known,
  rounds: number,
): ContractCase[] {
  const generate = (schema: object, seed: number) =>
    generateSync(
      { ...schema, components: document.components },
      { seed, maxDefaultItems: 2, maxLength: 200 },
    );
  const bodySchema = operation.requestBody?.content['application/json']?.schema;
  const bodyOf = (seed: number) =>
    bodySchema === undefined ? undefined : withKnown(generate(bodySchema, seed), known);
  const pathOf = (seed: number, given: Known = known) => {
    const search = new URLSearchParams();
    let path = operation.path;
    for (const { name, in: place, schema, required } of operation.parameters) {
      const value = name in given ? given[name] : generate(schema, seed);
      if (place === 'path') path = path.replace(`{${name}}`, encodeURIComponent(String(value)));
      // Every other one of those that may be missing, by turns.
      else if (place === 'query' && (required || (seed + name.length) % 2 === 0))
        search.set(name, String(value));
    }
    return search.size > 0 ? `${path}?${search}` : path;
  };
  const request = (what: string, path: string, body: unknown): ContractCase => ({
    what,
    path,
    ...(body === undefined ? {} : { headers: json, body: JSON.stringify(body) }),
  });

  const valid = Array.from({ length: rounds }, (_, seed) =>
    request(`as described, seed ${seed}`, pathOf(seed), bodyOf(seed)),
  );
  const [first] = valid;
  if (!first) return [];
  const example = operation.requestBody?.content['application/json']?.example;
  if (example !== undefined) valid.push(request('the example', pathOf(0), example));
  const cases = [...valid, { ...first, what: 'nobody', isNobody: true }];
  const mistyped = { authorization: `Bearer dlk_${'0'.repeat(49)}` };
  cases.push({ ...first, what: 'a token that was never made', headers: { ...first.headers, ...mistyped } });
  if (operation.parameters.some(({ in: place }) => place === 'path')) {
    cases.push(request('an id of nothing', pathOf(1, {}), bodyOf(1)));
    cases.push(request('no id at all', operation.path.replace(/\{\w+\}/g, '%00é'), bodyOf(1)));
  }
  for (const { name, in: place } of operation.parameters) {
    if (place !== 'query') continue;
    for (const value of ['', '\0', '-1', 'é'.repeat(300)])
      cases.push(
        request(
          `${name}=${JSON.stringify(value).slice(0, 10)}`,
          pathOf(1, { ...known, [name]: value }),
          bodyOf(1),
        ),
      );
  }
  if (bodySchema === undefined) return cases;
  const broken = (what: string, body: string, headers = json) =>
    cases.push({ what, path: first.path, headers, body });
  broken('half a JSON', '{"a":');
  broken('text', '{}', { 'content-type': 'text/plain' });
  broken('over 1 MiB', `"${'x'.repeat(1024 * 1024)}"`);
  for (const [what, body] of mutations(bodyOf(1))) broken(what, JSON.stringify(body));
  return cases;
}

/** A body with one thing wrong, or likely to be. */
function mutations(body: unknown): [what: string, body: unknown][] {
  const fields = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  return [
    ...[null, [], 'text', 0].map((other): [string, unknown] => [JSON.stringify(other), other]),
    ['a field too many', { ...Object.fromEntries(fields), unheard_of: 1 }],
    ...fields.flatMap(([name, value]): [string, unknown][] => {
      const { [name]: _, ...others } = Object.fromEntries(fields);
      const wrong = [null, { a: [{}] }, 1e300, typeof value === 'string' ? '\0' : 'text'];
      return [
        [`without ${name}`, others],
        ...wrong.map((other): [string, unknown] => [
          `${name}: ${JSON.stringify(other)}`,
          { ...others, [name]: other },
        ]),
      ];
    }),
  ];
}

/** The same with the known values in their places, wherever they are. */
function withKnown(value: unknown, known: Known): unknown {
  if (Array.isArray(value)) return value.map((item) => withKnown(item, known));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, name in known ? known[name] : withKnown(part, known)]),
  );
}
