import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it } from 'vitest';
import { maskedValue } from '@/lib/domain/maskedValue';
import {
  deliveryHeaders,
  headersAsSent,
  loggedHeaders,
  seedSignature,
  standardSignature,
  verifySeedSignature,
  verifyStandardSignature,
} from '@/lib/domain/signature';

const newSecret = () => `whsec_${randomBytes(32).toString('base64')}`;
const secret = newSecret();
const secretKey = randomBytes(32).toString('hex');
const timestampSeconds = Math.floor(Date.now() / 1000);

/** The receiver's code of the specification, as written there. */
function verifyWebhook(payload: unknown, signature: string, key: string) {
  const expectedSignature = Buffer.from(`${key}:${JSON.stringify(payload)}`).toString('base64');
  return signature === expectedSignature;
}

const headersFor = (body: string, overrides: object = {}) =>
  deliveryHeaders({
    deliveryId: '0190e0a0-0000-7000-8000-000000000001',
    eventType: 'lead.created',
    sequence: 4711,
    origin: 'backfill',
    body,
    timestampSeconds,
    userAgent: 'DevLink-Webhooks/0.1.0',
    webhook: {
      headers: {},
      secret_key: secretKey,
      seed_signature_enabled: true,
      signing_secrets: [secret],
      ...overrides,
    },
  });

const lower = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

describe('the signatures of a delivery', () => {
  it('are accepted by the specification, standardwebhooks and svix, whatever the body', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const body = JSON.stringify({ event_type: 'lead.created', payload: JSON.parse(json) });
        const headers = lower(headersFor(body));
        const parsed: unknown = JSON.parse(body);
        expect(verifyWebhook(parsed, headers['x-webhook-signature'] ?? '', secretKey)).toBe(true);
        expect(new StandardWebhook(secret).verify(body, headers)).toEqual(parsed);
        expect(() => new SvixWebhook(secret).verify(body, headers)).not.toThrow();
      }),
    );
  });

  it('stay valid for both secrets while a rotation overlaps', () => {
    const next = newSecret();
    const headers = lower(headersFor('{"a":1}', { signing_secrets: [next, secret] }));
    for (const key of [next, secret]) new StandardWebhook(key).verify('{"a":1}', headers);
    expect(() => new StandardWebhook(newSecret()).verify('{"a":1}', headers)).toThrow();
  });

  it('equal the one of the reference library', () => {
    const date = new Date(timestampSeconds * 1000);
    expect(standardSignature({ id: 'msg_1', timestampSeconds, body: 'é{}', secrets: [secret] })).toBe(
      new StandardWebhook(secret).sign('msg_1', date, 'é{}'),
    );
  });
});

describe('deliveryHeaders', () => {
  it('sends every header of the contract', () => {
    expect(headersFor('{}')).toEqual({
      'Content-Type': 'application/json',
      'Accept-Encoding': 'identity',
      'User-Agent': 'DevLink-Webhooks/0.1.0',
      'X-Webhook-Event': 'lead.created',
      'X-Webhook-Delivery-Id': '0190e0a0-0000-7000-8000-000000000001',
      'X-Webhook-Sequence': '4711',
      'X-Webhook-Origin': 'backfill',
      'X-Webhook-Signature': seedSignature(secretKey, '{}'),
      'webhook-id': '0190e0a0-0000-7000-8000-000000000001',
      'webhook-timestamp': String(timestampSeconds),
      'webhook-signature': expect.stringMatching(/^v1,[A-Za-z0-9+/]{43}=$/),
    });
  });

  it('says no sequence and no origin where the event has none', () => {
    const facts = {
      deliveryId: 'a',
      eventType: 'webhook.test',
      sequence: null,
      origin: null,
      timestampSeconds,
    };
    expect(headersAsSent({}, facts)).not.toHaveProperty('X-Webhook-Sequence');
    expect(headersAsSent({}, facts)).not.toHaveProperty('X-Webhook-Origin');
  });

  it("leaves the seed's header out where it is switched off", () => {
    expect(headersFor('{}', { seed_signature_enabled: false })).not.toHaveProperty('X-Webhook-Signature');
  });

  it('never lets a custom header override ours, in any case', () => {
    const ours = headersFor('{}');
    const arbitraryCase = (name: string) =>
      fc
        .array(fc.boolean(), { minLength: name.length, maxLength: name.length })
        .map((upper) =>
          [...name].map((char, index) => (upper[index] ? char.toUpperCase() : char.toLowerCase())).join(''),
        );
    const custom = fc.constantFrom(...Object.keys(ours), 'Host', 'Content-Length').chain(arbitraryCase);
    fc.assert(
      fc.property(custom, (name) => {
        expect(headersFor('{}', { headers: { [name]: 'evil', 'X-Mine': 'kept' } })).toEqual({
          ...ours,
          'X-Mine': 'kept',
        });
      }),
    );
  });
});

describe('the log of headers', () => {
  const headers = headersFor('{"a":1}', { headers: { Authorization: 'Bearer secret' } });
  const logged = loggedHeaders(headers, ['authorization']);

  it('hides the secret key and custom values, and keeps the signature', () => {
    expect(logged['webhook-signature']).toBe(headers['webhook-signature']);
    expect(JSON.stringify(logged)).not.toContain('Bearer secret');
    expect(logged['X-Webhook-Signature']).not.toBe(headers['X-Webhook-Signature']);
  });

  it('tells every header as it was sent, in order, though it keeps no fact twice', () => {
    const facts = {
      deliveryId: headers['webhook-id'] ?? '',
      eventType: 'lead.created',
      sequence: 4711,
      origin: 'backfill' as const,
      timestampSeconds,
    };
    for (const fact of Object.values(facts)) expect(JSON.stringify(logged)).not.toContain(fact);
    const masked = { Authorization: maskedValue, 'X-Webhook-Signature': maskedValue };
    expect(Object.entries(headersAsSent(logged, facts))).toEqual(
      Object.entries(headers).map(([name, value]) => [name, { [name]: value, ...masked }[name]]),
    );
  });
});

describe('verifying', () => {
  const body = '{"a":1}';
  const signed = {
    id: 'msg_1',
    timestamp: String(timestampSeconds),
    body,
    header: standardSignature({ id: 'msg_1', timestampSeconds, body, secrets: [newSecret(), secret] }),
    secret,
    now: new Date(timestampSeconds * 1000),
    toleranceSeconds: 300,
  };

  it('accepts our own', () => {
    expect(verifySeedSignature(body, seedSignature(secretKey, body), secretKey)).toBe(true);
    expect(verifyStandardSignature(signed)).toBe(true);
  });

  it.each([
    { id: 'msg_2' },
    { body: '{"a":2}' },
    { secret: newSecret() },
    { header: '' },
    { header: 'v1,' },
    { timestamp: 'now' },
    { timestamp: '' },
    { now: new Date((timestampSeconds + 301) * 1000) },
    { now: new Date((timestampSeconds - 301) * 1000) },
  ])('refuses %j', (change) => {
    expect(verifyStandardSignature({ ...signed, ...change })).toBe(false);
  });

  it("refuses another body or key under the seed's header", () => {
    expect(verifySeedSignature('{"a":2}', seedSignature(secretKey, body), secretKey)).toBe(false);
    expect(verifySeedSignature(body, seedSignature('other', body), secretKey)).toBe(false);
    expect(verifySeedSignature(body, '', secretKey)).toBe(false);
  });
});
