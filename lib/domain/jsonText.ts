/*
 * JSON as text. JavaScript's numbers are doubles and its serialiser is recursive: what they cannot carry is told
 * from what they can here, without reading it into either.
 */

/** Nesting that `JSON.stringify` carries on any stack; it overflows at some 5,000. */
const safeDepth = 1000;

/** A number token that a double may not hold: more than 15 characters, or an exponent. Also fits some texts. */
const mayLoseDigits = /(?:^|[[,:])\s*-?(?:[\d.]{16}|[\d.]+[eE])/;

/**
 * The JSON text that goes over the wire: exactly `JSON.stringify(JSON.parse(text))`, unless that would change a
 * number (integers beyond 2^53, decimals a double cannot hold, `1e400`). Then those digits stay as they were written,
 * and so do repeated keys and the order of all keys. Takes any depth.
 * @param text valid JSON
 * @throws SyntaxError for what is no JSON
 */
export function canonicalJson(text: string): string {
  // A text shorter than that cannot be deep.
  if (text.length > 2 * safeDepth && jsonDepth(text) > safeDepth) return rewrite(text).json;
  const folded = JSON.stringify(JSON.parse(text));
  if (folded === text || !mayLoseDigits.test(text)) return folded;
  const { json, keptDigits } = rewrite(text);
  return keptDigits ? json : folded;
}

/**
 * As `JSON.parse`, but a number that a double would change is kept as what `JSON.rawJSON` makes of its digits, which
 * `JSON.stringify` writes as they were (ECMAScript, "JSON.parse source text access").
 * @throws SyntaxError for what is no JSON
 */
export function parseExactly(text: string): unknown {
  // A reviver is called recursively.
  if (!mayLoseDigits.test(text) || jsonDepth(text) > safeDepth) return JSON.parse(text);
  return JSON.parse(text, keepDigits);
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined) return value;
  return sameDecimal(source, JSON.stringify(value)) ? value : rawJson(source);
}

const { rawJSON: rawJson } = JSON as typeof JSON & { rawJSON(text: string): unknown };

/** How deep arrays and objects are nested in a valid JSON text: 0 for `1`, 1 for `[]`, 2 for `{"a":[1]}`. */
export function jsonDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at) - 1;
    else if (code === openBracket || code === openBrace) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === closeBracket || code === closeBrace) depth -= 1;
  }
  return deepest;
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const minus = 0x2d;
const space = 0x20;

/** Where the string that begins at `start` ends, its closing quote included. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at += 1) {
    at = text.indexOf('"', at);
    if (at < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
}

/** Token by token what `JSON.stringify` would write, but for numbers that it would change. */
function rewrite(text: string): { json: string; keptDigits: boolean } {
  let json = '';
  let keptDigits = false;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    let end = at + 1;
    if (code === quote) {
      end = endOfString(text, at);
      json += rewrittenString(text.slice(at, end));
    } else if (isNumberStart(code)) {
      while (isNumberPart(text.charCodeAt(end))) end += 1;
      const token = text.slice(at, end);
      const number = JSON.stringify(Number(token));
      const same = sameDecimal(token, number);
      keptDigits ||= !same;
      json += same ? number : token;
    } else if (code > space) json += text[at];
    at = end;
  }
  return { json, keptDigits };
}

/** Only escapes can be written in more than one way. */
const rewrittenString = (token: string) => (token.includes('\\') ? JSON.stringify(JSON.parse(token)) : token);

const isDigit = (code: number) => code >= 0x30 && code <= 0x39;
const isNumberStart = (code: number) => isDigit(code) || code === minus;
/** Digits, `.`, `e`, `E`, `+`, `-`. */
const isNumberPart = (code: number) =>
  isDigit(code) || code === 0x2e || code === 0x65 || code === 0x45 || code === 0x2b || code === minus;

/** Whether two JSON numbers are the same number, whatever a double makes of them; `null`, for infinity, is none. */
export function sameDecimal(left: string, right: string): boolean {
  if (left === right) return true;
  const [one, other] = [decimalOf(left), decimalOf(right)];
  if (!one || !other) return false;
  if (one.digits === '' || other.digits === '') return one.digits === other.digits;
  return one.negative === other.negative && one.digits === other.digits && one.exponent === other.exponent;
}

const numberParts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** `digits × 10^exponent` without zeros at either end; no digits for zero. */
function decimalOf(token: string): { negative: boolean; digits: string; exponent: number } | null {
  const parts = numberParts.exec(token);
  if (!parts) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  const digits = whole + fraction;
  let [first, last] = [0, digits.length];
  while (digits[first] === '0') first += 1;
  while (last > first && digits[last - 1] === '0') last -= 1;
  return {
    negative: sign === '-',
    digits: digits.slice(first, last),
    exponent: Number(exponent) - fraction.length + (digits.length - last),
  };
}
