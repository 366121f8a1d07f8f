import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildBody } from '@/lib/domain/envelope';

const occurredAt = new Date('2024-01-15T10:30:00Z');
const build = (json: string, format: 'envelope' | 'raw' = 'envelope') =>
  buildBody({ format, eventType: 'lead.created', payload: JSON.stringify(JSON.parse(json)), occurredAt });

describe('buildBody', () => {
  it('writes the envelope of the contract', () => {
    expect(build('{ "id": 1 }')).toBe(
      '{"event_type":"lead.created","payload":{"id":1},"timestamp":"2024-01-15T10:30:00.000Z"}',
    );
    expect(build('{ "text": "hello" }', 'raw')).toBe('{"text":"hello"}');
  });

  it('is exactly JSON.stringify(JSON.parse(body)), whatever the JSON', () => {
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
    '[-0, 1e400, 12345678901234567890, 1.0, 1e21]',
    '"\\ud800 \\u0000 \\u2028 é \\/"',
    'null',
  ])('is stable for %s', (json) => {
    for (const format of ['envelope', 'raw'] as const) {
      const body = build(json, format);
      expect(JSON.stringify(JSON.parse(body))).toBe(body);
    }
  });
});
