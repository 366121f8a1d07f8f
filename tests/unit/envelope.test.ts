import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildBody } from '@/lib/domain/envelope';
import { canonicalJson } from '@/lib/domain/jsonText';

const occurredAt = new Date('2024-01-15T10:30:00Z');
const build = (json: string, format: 'envelope' | 'raw' = 'envelope') =>
  buildBody({ format, eventType: 'lead.created', payload: canonicalJson(json), occurredAt });

describe('buildBody', () => {
  it('writes the envelope of the contract', () => {
    expect(build('{ "id": 1 }')).toBe(
      '{"event_type":"lead.created","payload":{"id":1},"timestamp":"2024-01-15T10:30:00.000Z"}',
    );
    expect(build('{ "text": "hello" }', 'raw')).toBe('{"text":"hello"}');
  });

  it('is exactly JSON.stringify(JSON.parse(body)), whatever JavaScript can hold', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('envelope', 'raw'), (json, format) => {
        const body = build(json, format);
        expect(JSON.stringify(JSON.parse(body))).toBe(body);
      }),
    );
  });

  it.each([
    '{"a":1,"a":2}',
    '{"b":1,"2":1,"1":1}',
    '{"__proto__":{"x":1}}',
    '[-0, 1.0, 1e21]',
    '"\\ud800 \\u0000 \\u2028 é \\/"',
    'null',
  ])('is stable for %s', (json) => {
    for (const format of ['envelope', 'raw'] as const) {
      const body = build(json, format);
      expect(JSON.stringify(JSON.parse(body))).toBe(body);
    }
  });

  it('keeps the digits that JavaScript would change', () => {
    expect(build('{"id" : 9223372036854775807, "x": 1e400}', 'raw')).toBe(
      '{"id":9223372036854775807,"x":1e400}',
    );
    expect(build('{"id" : 9223372036854775807}')).toBe(
      '{"event_type":"lead.created","payload":{"id":9223372036854775807},"timestamp":"2024-01-15T10:30:00.000Z"}',
    );
  });
});
