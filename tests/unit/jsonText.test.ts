import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, jsonDepth, parseExactly, sameDecimal } from '@/lib/domain/jsonText';

const nested = (depth: number, inside = '1') => `${'['.repeat(depth)}${inside}${']'.repeat(depth)}`;

/** The same JSON with spaces wherever it may have some. */
const spaced = (json: string) =>
  json.replace(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^[\]{}:,"]+/g, (token) => ` ${token}\n\t`);

/** A JSON number with as many digits as anybody likes. */
const numberToken = fc
  .tuple(
    fc.boolean(),
    fc.bigInt({ min: 0n, max: 10n ** 40n }),
    fc.option(fc.stringMatching(/^\d{1,25}$/)),
    fc.option(fc.integer({ min: -420, max: 420 })),
  )
  .map(
    ([negative, whole, fraction, exponent]) =>
      `${negative ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}${exponent === null ? '' : `e${exponent}`}`,
  );

/** Twin of sameDecimal by another way: both as integers over the same power of ten. */
function equalExactly(left: string, right: string): boolean {
  const exact = (token: string) => {
    const [mantissa = '', exponent = '0'] = token.toLowerCase().split('e');
    const [whole = '', fraction = ''] = mantissa.split('.');
    return {
      value: BigInt(whole + fraction),
      power: Number(exponent) - fraction.length,
    };
  };
  const [one, other] = [exact(left), exact(right)];
  const least = Math.min(one.power, other.power);
  const scaled = ({ value, power }: { value: bigint; power: number }) => value * 10n ** BigInt(power - least);
  return scaled(one) === scaled(other);
}

describe('canonicalJson', () => {
  it('is JSON.stringify(JSON.parse(text)) for whatever JavaScript can hold, however it is written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const written = JSON.stringify(value);
        const stable = JSON.stringify(JSON.parse(written));
        expect(canonicalJson(written)).toBe(stable);
        expect(canonicalJson(spaced(written))).toBe(stable);
        expect(canonicalJson(JSON.stringify(value, null, 3))).toBe(stable);
      }),
    );
  });

  it('writes every number as the same number, and as JSON.stringify does where a double holds it', () => {
    fc.assert(
      fc.property(fc.array(numberToken, { minLength: 1 }), (tokens) => {
        const body = canonicalJson(`{"n": [ ${tokens.join(' , ')} ]}`);
        const written = body.slice('{"n":['.length, -2).split(',');
        expect(written).toHaveLength(tokens.length);
        for (const [index, token] of tokens.entries()) {
          const [out = '', double] = [written[index], JSON.stringify(Number(token))];
          expect(sameDecimal(out, token)).toBe(true);
          expect(out).toBe(sameDecimal(double, token) ? double : token);
        }
        // What goes out is the same when it is read and written again by somebody with exact numbers.
        expect(canonicalJson(body)).toBe(body);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['9223372036854775807', '9223372036854775807'],
    ['9007199254740993', '9007199254740993'],
    ['9007199254740992', '9007199254740992'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['1e400', '1e400'],
    ['-1E400', '-1E400'],
    ['1e-400', '1e-400'],
    ['0.1000000000000000055511151231257827', '0.1000000000000000055511151231257827'],
    ['0.30000000000000004', '0.30000000000000004'],
    ['123456789.12345678901', '123456789.12345678901'],
    ['1.0', '1'],
    ['1.50', '1.5'],
    ['1e3', '1000'],
    ['1E+21', '1e+21'],
    ['1000000000000000000000', '1e+21'],
    ['0.0000000000000000000000000', '0'],
    ['0e999999999999999999999', '0'],
    ['1e999999999999999999999', '1e999999999999999999999'],
    ['-0', '0'],
    ['-0.0e5', '0'],
    ['5e-324', '5e-324'],
    ['4.9406564584124654e-324', '4.9406564584124654e-324'],
  ])('%s goes out as %s', (token, expected) => {
    expect(canonicalJson(` ${token} `)).toBe(expected);
    expect(canonicalJson(`{ "a" : [ ${token}, "x" ] }`)).toBe(`{"a":[${expected},"x"]}`);
  });

  it('minifies around digits that it keeps, and writes texts in the one way of JSON.stringify', () => {
    const text = `{ "b" : "\\u00e9\\/ \\" \\ud800 \\u0000 , 1e5" ,\r\n\t"a" : 9223372036854775807, "2": 1.0, "1": [ true , null ] }`;
    expect(canonicalJson(text)).toBe(
      '{"b":"é/ \\" \\ud800 \\u0000 , 1e5","a":9223372036854775807,"2":1,"1":[true,null]}',
    );
  });

  it('is not misled by texts that look like long numbers', () => {
    const text = '{ "2" : ", 12345678901234567890", "1": "[1e400", "1": 1.0 }';
    expect(canonicalJson(text)).toBe(JSON.stringify(JSON.parse(text)));
  });

  it('takes any depth', () => {
    expect(canonicalJson(nested(8000, ' { "a" : 1.0 } '))).toBe(nested(8000, '{"a":1}'));
    expect(canonicalJson(nested(131_072, ''))).toBe(nested(131_072, ''));
    expect(canonicalJson(`${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`)).toHaveLength(240_001);
  });

  it('refuses what is no JSON', () => {
    expect(() => canonicalJson('{')).toThrow(SyntaxError);
  });

  it.each([
    ['zeros before a digit', `[0.${'0'.repeat(260_000)}1]`],
    ['zeros between digits', `[${'10'.repeat(130_000)}1]`],
    ['one long text', JSON.stringify(['\\"'.repeat(60_000), 0.1])],
    ['a text of backslashes', JSON.stringify(['\\'.repeat(130_000)])],
    ['spaces', `[${' '.repeat(260_000)}1e5]`],
    ['commas', `[${'1, '.repeat(90_000)}1e400]`],
    ['brackets', `[${'[],'.repeat(90_000)}1e400]`],
  ])('takes a quarter of a second at most for 256 KiB of %s', (_what, text) => {
    const started = performance.now();
    canonicalJson(text);
    jsonDepth(text);
    expect(performance.now() - started).toBeLessThan(250);
  });
});

describe('parseExactly', () => {
  it('reads what canonicalJson writes, digit by digit', () => {
    fc.assert(
      fc.property(fc.array(numberToken), (tokens) => {
        const text = `{ "a" : [${tokens}], "b": {"c": "1e400"} }`;
        expect(JSON.stringify(parseExactly(text))).toBe(canonicalJson(text));
      }),
    );
  });

  it('reads everything else as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseExactly(text)).toEqual(JSON.parse(text));
      }),
    );
    expect(parseExactly('{"__proto__": 9007199254740992, "x": 1e3}')).toEqual(
      JSON.parse('{"__proto__": 9007199254740992, "x": 1e3}'),
    );
    expect(() => parseExactly('{"a":12345678901234567890')).toThrow(SyntaxError);
  });

  it('takes any depth', () => {
    const text = nested(100_000, '9223372036854775807');
    expect(parseExactly(text)).toBeInstanceOf(Array);
  });
});

describe('sameDecimal', () => {
  it('compares exactly', () => {
    fc.assert(
      fc.property(numberToken, numberToken, (left, right) => {
        expect(sameDecimal(left, right)).toBe(equalExactly(left, right));
        expect(sameDecimal(left, left.replace(/^(-?\d+)$/, '$1.000'))).toBe(true);
      }),
    );
  });
});

describe('jsonDepth', () => {
  it.each([
    ['1', 0],
    ['"[[["', 0],
    ['[]', 1],
    ['{"a":[1]}', 2],
    ['[[],[[]],[]]', 3],
    ['["\\"[", {"]": "\\\\"}]', 2],
  ])('of %s is %d', (text, depth) => {
    expect(jsonDepth(text)).toBe(depth);
  });

  it.each([200, 201, 8000, 131_072])('counts %d', (depth) => {
    expect(jsonDepth(nested(depth, ''))).toBe(depth);
  });

  it('is that of the value', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(jsonDepth(JSON.stringify(value))).toBe(depthOf(value));
      }),
    );
  });
});
