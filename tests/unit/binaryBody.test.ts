import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binaryBody, binaryBodyText, hexOf, maskedBody } from '@/lib/domain/binaryBody';

const type = 'image/png';
const bytesOf = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

test('bytes come back as they were stored', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (given) => {
      const bytes = Uint8Array.from(given);
      expect(binaryBody(binaryBodyText({ type, bytes }))).toEqual({ type, bytes });
    }),
  );
});

test.each([
  '',
  'texte',
  'data:',
  'data:image/png,x',
  'data:image/png;base64,A',
  'data:image/png;base64,é',
  ' data:a/b;base64,AA==',
])('%j is a text', (text) => {
  expect(binaryBody(text)).toBeNull();
});

test('secrets are hidden between bytes as well', () => {
  const mask = (text: string) => text.replaceAll('s3cret', '••••');
  expect(maskedBody('le s3cret', mask)).toBe('le ••••');
  const body = binaryBodyText({ type, bytes: bytesOf('\0\xffs3cret\x01') });
  expect(binaryBody(maskedBody(body, mask))?.bytes).toEqual(bytesOf('\0\xff****\x01'));
  const innocent = binaryBodyText({ type, bytes: bytesOf('\0\xff') });
  expect(maskedBody(innocent, mask)).toBe(innocent);
});

test('the first bytes in hexadecimal', () => {
  expect(hexOf(bytesOf('\x89PNG'))).toBe('89 50 4e 47');
  expect(hexOf(new Uint8Array(40), 20)).toBe(`${Array(16).fill('00').join(' ')}\n00 00 00 00`);
  expect(hexOf(new Uint8Array(0))).toBe('');
});
