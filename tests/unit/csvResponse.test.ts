import { expect, test } from 'vitest';
import { csvResponse, csvText } from '@/lib/http/csvResponse';

const columns = ['a', 'b'] as const;
const lineOf = (a: unknown, b: unknown = null) => csvText(columns, [{ a, b }], false).replace('\r\n', '');

test.each(['=1+1', '+33 6', '-2+3', '@SUM(A1)', '\t=1', '\r=1'])(
  '%j is no formula in a spreadsheet',
  (text) => {
    expect(lineOf(text)).toMatch(/^"?'/);
  },
);

test('texts stay texts: quotes, commas, lines; nothing is an empty field', () => {
  expect(lineOf('a "b", c', 'x\ny')).toBe('"a ""b"", c","x\ny"');
  expect(lineOf(true, 0)).toBe('true,0');
  expect(lineOf(null, undefined)).toBe(',');
});

test('a file whose source breaks is broken off', async () => {
  const page = async (cursor: string | undefined) => {
    if (cursor) throw new Error('planted');
    return { items: [{ a: 1, b: 2 }], next_cursor: 'next' };
  };
  const response = await csvResponse({ name: 'x', columns, page });
  await expect(response.text()).rejects.toThrow('planted');
});

test('nobody is asked for further pages once the reader is gone', async () => {
  let asked = 0;
  const page = async () => {
    asked += 1;
    return { items: [{ a: 1, b: 2 }], next_cursor: 'next' };
  };
  const response = await csvResponse({ name: 'x', columns, page });
  const reader = response.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await new Promise((resolve) => setImmediate(resolve));
  const then = asked;
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toBe(then);
  expect(asked).toBeLessThan(5);
});
