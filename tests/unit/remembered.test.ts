import { expect, test } from 'vitest';
import { remembered } from '@/lib/domain/remembered';

test('keeps what was used last, and null as well as anything', () => {
  const made: string[] = [];
  const parse = remembered(2, (text) => {
    made.push(text);
    return URL.parse(text);
  });
  for (const text of ['no url', 'a:', 'no url', 'b:', 'no url', 'c:', 'no url', 'a:']) parse(text);
  expect(made).toEqual(['no url', 'a:', 'b:', 'c:', 'a:']);
  expect(parse('no url')).toBeNull();
});
