import { expect, test } from 'vitest';
import { entityTag, requiredVersions } from '@/lib/http/entityTag';

const version = '2026-11-26T12:14:41.123456+00:00';
const required = (header?: string) =>
  requiredVersions(
    new Request('https://a.fr/', { headers: header === undefined ? {} : { 'If-Match': header } }),
  );

test('an entity tag is strong, and asks for the version that it names', () => {
  expect(entityTag(version)).toBe(`"${version}"`);
  expect(required(entityTag(version))).toEqual([version]);
  expect(required(` "x",  ${entityTag(version)} `)).toEqual([version]);
});

test('without a condition, and for any version, nothing is required', () => {
  expect(required()).toBeUndefined();
  expect(required('*')).toBeUndefined();
});

test.each([
  ['weak', `W/"${version}"`],
  ['not quoted', version],
  ['of something else', '"abc"'],
  ['no such day', '"2026-02-30T00:00:00Z"'],
  ['no time at all', '"infinity"'],
  ['an attempt at more', `"${version}),id.eq.(x"`],
  ['empty', ''],
  ['only a quote', '"'],
])('a tag that is %s matches nothing', (_, header) => {
  expect(required(header)).toEqual([]);
});
