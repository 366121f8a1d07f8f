import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  customHeadersSchema,
  isReservedHeader,
  maskHeaderValues,
  parseHeadersJson,
} from '@/lib/domain/customHeaders';
import { fieldErrorMessages } from '@/lib/domain/fieldErrors';

const issuesOf = (headers: unknown) =>
  (customHeadersSchema.safeParse(headers).error?.issues ?? []).map(({ path, message }) => [
    path.join('.'),
    message,
  ]);

describe('customHeadersSchema', () => {
  it('takes what the seed shows', () => {
    const headers = { Authorization: 'Bearer your-token', 'X-Custom-Header': 'value' };
    expect(customHeadersSchema.parse(headers)).toEqual(headers);
  });

  it.each([
    ['Content-Type', 'header_reserved'],
    ['content-length', 'header_reserved'],
    ['HOST', 'header_reserved'],
    ['Transfer-Encoding', 'header_reserved'],
    ['Connection', 'header_reserved'],
    ['Expect', 'header_reserved'],
    ['Upgrade', 'header_reserved'],
    ['TE', 'header_reserved'],
    ['Trailer', 'header_reserved'],
    ['Proxy-Authorization', 'header_reserved'],
    ['X-Webhook-Signature', 'header_reserved'],
    ['webhook-id', 'header_reserved'],
    ['X-Forwarded-For', 'header_reserved'],
    ['Metadata-Flavor', 'header_reserved'],
    ['Sec-Fetch-Mode', 'header_reserved'],
    ['Cookie', 'header_reserved'],
    ['User-Agent', 'header_reserved'],
    ['', 'header_name_invalid'],
    ['X Token', 'header_name_invalid'],
    ['X-Tok\r\nen', 'header_name_invalid'],
    ['X-Clé', 'header_name_invalid'],
    ['X:Y', 'header_name_invalid'],
    ['X'.repeat(65), 'header_name_too_long'],
  ])('refuses the name %j as %s', (name, code) => {
    expect(issuesOf({ [name]: 'value' })).toEqual([[name, code]]);
  });

  it.each([
    ['a\r\nX-Other: b', 'header_value_invalid'],
    ['a\nb', 'header_value_invalid'],
    ['a\0b', 'header_value_invalid'],
    ['a\tb', 'header_value_invalid'],
    [' a', 'header_value_invalid'],
    ['a ', 'header_value_invalid'],
    ['é', 'header_value_invalid'],
    [7, 'header_value_invalid'],
    [null, 'header_value_invalid'],
    ['', 'header_value_required'],
    ['a'.repeat(1025), 'header_value_too_long'],
  ])('refuses the value %j as %s', (value, code) => {
    expect(issuesOf({ 'X-Token': value })).toEqual([['X-Token', code]]);
  });

  it('refuses names that differ only by case, __proto__, too many, and what is no object', () => {
    expect(issuesOf({ 'X-A': '1', 'x-a': '2' })).toEqual([['x-a', 'header_duplicate']]);
    expect(issuesOf(JSON.parse('{"__proto__":"x"}'))).toEqual([['__proto__', 'header_name_invalid']]);
    const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`X-${index}`, 'v']));
    expect(issuesOf(many)).toEqual([['', 'headers_too_many']]);
    for (const input of [null, [], 'x', 7]) expect(issuesOf(input)).toEqual([['', 'headers_not_object']]);
  });

  it('has a sentence for every code it uses', () => {
    const hostile = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer()), { maxKeys: 30 });
    fc.assert(
      fc.property(hostile, (headers) => {
        for (const [, code] of issuesOf(headers)) expect(fieldErrorMessages).toHaveProperty(code as string);
      }),
    );
  });

  it('lets through only what cannot break out of its line or stand for one of ours', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary-ascii' }), fc.string({ unit: 'binary-ascii' })),
        (input) => {
          const result = customHeadersSchema.safeParse(input);
          for (const [name, value] of Object.entries(result.data ?? {})) {
            expect(name).toMatch(/^[\x21-\x7e]{1,64}$/);
            expect(value).toMatch(/^[\x20-\x7e]{1,1024}$/);
            expect(isReservedHeader(name)).toBe(false);
          }
        },
      ),
    );
  });
});

describe('parseHeadersJson', () => {
  it('reads the JSON form', () => {
    expect(parseHeadersJson('{ "Authorization": "Bearer t", "X-A": "{\\"b\\": 1}" }')).toEqual({
      ok: true,
      headers: { Authorization: 'Bearer t', 'X-A': '{"b": 1}' },
    });
    expect(parseHeadersJson(' \n ')).toEqual({ ok: true, headers: {} });
    expect(parseHeadersJson('{}')).toEqual({ ok: true, headers: {} });
  });

  it('notices a key that the text repeats, also in another spelling', () => {
    expect(parseHeadersJson('{\n  "X-A": "1",\n  "X-A": "2"\n}')).toEqual({
      ok: false,
      code: 'header_duplicate',
      line: 3,
      column: 3,
    });
    expect(parseHeadersJson('{"X-A":"1","X-\\u0041":"2"}')).toMatchObject({ code: 'header_duplicate' });
    expect(parseHeadersJson('{"X-A":"1","x-a":"2"}')).toMatchObject({ code: 'header_duplicate', column: 12 });
  });

  it('tells where the syntax breaks', () => {
    expect(parseHeadersJson('{\n  "X-A": "1",\n}')).toEqual({
      ok: false,
      code: 'headers_json_invalid',
      line: 3,
      column: 1,
    });
    expect(parseHeadersJson('{"X-A": "1"')).toMatchObject({
      code: 'headers_json_invalid',
      line: 1,
      column: 12,
    });
  });

  it('tells which key is refused', () => {
    expect(parseHeadersJson('{\n "X-A": "1",\n "Host": "x"\n}')).toEqual({
      ok: false,
      code: 'header_reserved',
      line: 3,
      column: 2,
    });
    expect(parseHeadersJson('{"X-A": {"X-A": 1}}')).toMatchObject({ code: 'header_value_invalid' });
    expect(parseHeadersJson('{"__proto__": "x"}')).toMatchObject({ code: 'header_name_invalid' });
    expect(parseHeadersJson('["X-A"]')).toMatchObject({ code: 'headers_not_object' });
  });

  it('reads back whatever was written', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^X-[a-z0-9]{1,9}$/), fc.stringMatching(/^[!-~]{1,9}$/)),
        (headers) => {
          if (Object.keys(headers).length > 20) return;
          expect(parseHeadersJson(JSON.stringify(headers, null, 2))).toEqual({
            ok: true,
            headers: { ...headers },
          });
        },
      ),
    );
  });
});

describe('maskHeaderValues', () => {
  it('keeps names and nothing of the values', () => {
    const masked = maskHeaderValues({ Authorization: 'Bearer secret', 'X-A': 'b' });
    expect(Object.keys(masked)).toEqual(['Authorization', 'X-A']);
    expect(new Set(Object.values(masked)).size).toBe(1);
    expect(JSON.stringify(masked)).not.toContain('secret');
  });
});
