import { expect, test } from 'vitest';
import { attemptDifferences } from '@/lib/domain/attemptDifferences';
import type { Attempt } from '@/lib/domain/delivery';

const attempt = (fields: Partial<Attempt> = {}): Attempt => ({
  attempt: 1,
  started_at: '2026-11-28T10:00:00.000Z',
  duration_ms: 12,
  succeeded: false,
  request_url: 'https://a.test/',
  request_headers: { 'Content-Type': 'application/json' },
  request_body: '{"a":1,"b":{"c":[1,2]}}',
  response_status: 500,
  response_headers: {},
  response_body: 'panne',
  response_truncated: false,
  error_kind: 'status',
  error_message: 'HTTP 500',
  console: null,
  ...fields,
});

test('the same, laid out otherwise, differs in nothing', () => {
  const other = attempt({
    attempt: 2,
    started_at: '2026-11-28T11:00:00.000Z',
    duration_ms: 99,
    request_headers: { 'content-type': 'application/json', 'webhook-timestamp': '2' },
    response_headers: { date: 'later' },
    request_body: '{ "b": {"c": [1, 2]}, "a": 1 }',
  });
  expect(attemptDifferences(attempt(), other)).toEqual([]);
});

test('value by value, with its place', () => {
  const other = attempt({
    request_body: '{"a":"1","b":{"c":[1,3,4]}}',
    response_status: 200,
    error_kind: null,
    error_message: null,
    response_headers: { 'x-served-by': 'b' },
    response_body: '{"ok":true}',
  });
  expect(attemptDifferences(attempt(), other)).toEqual([
    { part: 'outcome', path: 'response_status', before: '500', after: '200' },
    { part: 'outcome', path: 'error_kind', before: 'status', after: undefined },
    { part: 'outcome', path: 'error_message', before: 'HTTP 500', after: undefined },
    { part: 'response_headers', path: 'x-served-by', before: undefined, after: 'b' },
    { part: 'response_body', path: null, before: 'panne', after: undefined },
    { part: 'response_body', path: 'ok', before: undefined, after: 'true' },
    { part: 'request_body', path: 'a', before: '1', after: '"1"' },
    { part: 'request_body', path: 'b.c[1]', before: '2', after: '3' },
    { part: 'request_body', path: 'b.c[2]', before: undefined, after: '4' },
  ]);
});

test('an empty value is a value; what was not sent has none', () => {
  const [difference] = attemptDifferences(
    attempt({ request_body: '{"a":[]}' }),
    attempt({ request_body: '{"a":{}}' }),
  );
  expect(difference).toMatchObject({ path: 'a', before: '[]', after: '{}' });
  const unsent = attempt({ request_url: null, request_headers: null, request_body: null });
  expect(attemptDifferences(unsent, unsent)).toEqual([]);
});
