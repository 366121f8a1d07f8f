import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptOutcome, ReceivedAnswer } from '@/lib/domain/attemptOutcome';
import { deliveryErrorKinds } from '@/lib/domain/deliveryErrorKinds';
import { decideOutcome } from '@/lib/domain/outcome';

const webhook = { retry_enabled: true, retry_refusals: true, max_retries: 3, retry_delay: 5 };
const clock = { now: new Date('2024-01-15T10:30:00Z'), jitter: 0 };
const first = { retryCount: 0, isTest: false };
const usedUp = { retryCount: 3, isTest: false };
const test = { retryCount: 0, isTest: true };
const dayMs = 86_400_000;

const answer = (status: number, headers: Record<string, string> = {}): ReceivedAnswer => ({
  status,
  headers,
  body: '',
  truncated: false,
});
const response = (status: number, headers: Record<string, string> = {}): AttemptOutcome => ({
  kind: 'response',
  durationMs: 1,
  ...answer(status, headers),
});
const error = (errorKind: (typeof deliveryErrorKinds)[number], head?: ReceivedAnswer): AttemptOutcome => ({
  kind: 'error',
  errorKind,
  message: 'why',
  durationMs: 1,
  ...(head && { answer: head }),
});
const unsent: AttemptOutcome = { kind: 'unsent', message: 'no socket was free', durationMs: 0 };

const headers = fc
  .option(fc.constantFrom('0', '7', '99999999', 'soon', 'Mon, 15 Jan 2024 10:31:00 GMT'))
  .map((value): Record<string, string> => (value === null ? {} : { 'retry-after': value }));
const outcome = fc.oneof(
  fc.tuple(fc.integer({ min: 200, max: 999 }), headers).map(([status, drawn]) => response(status, drawn)),
  fc.constantFrom(...deliveryErrorKinds).map((kind) => error(kind)),
  fc
    .tuple(fc.constantFrom(...deliveryErrorKinds), fc.integer({ min: 200, max: 599 }), headers)
    .map(([kind, status, drawn]) => error(kind, answer(status, drawn))),
  fc.constantFrom<AttemptOutcome>(unsent, { kind: 'dropped', durationMs: 1 }),
);
const settings = fc.record({
  retry_enabled: fc.boolean(),
  retry_refusals: fc.boolean(),
  max_retries: fc.nat(20),
  retry_delay: fc.integer({ min: 1, max: 3600 }),
});

const decide = (drawn: AttemptOutcome, delivery = first, changes: Partial<typeof webhook> = {}) =>
  decideOutcome(drawn, delivery, { ...webhook, ...changes }, clock);

describe('success and failure', () => {
  it('succeeds on 2xx and on nothing else', () => {
    for (let status = 200; status < 1000; status += 1) {
      const expected = status < 300 ? 'success' : status === 410 ? 'failed' : 'retrying';
      expect([status, decide(response(status)).status]).toEqual([status, expected]);
    }
  });

  it('waits 5, 10 and 20 s, then gives up', () => {
    const delays = [0, 1, 2, 3].map((retryCount) => {
      const { status, delayMs } = decide(response(500), { retryCount, isTest: false });
      return [status, delayMs];
    });
    expect(delays).toEqual([
      ['retrying', 5000],
      ['retrying', 10_000],
      ['retrying', 20_000],
      ['failed', null],
    ]);
  });

  it('calls a redirect by its name', () => {
    expect(decide(response(302, { location: 'http://10.0.0.1/' }))).toMatchObject({
      status: 'retrying',
      errorKind: 'redirect',
      errorMessage: 'The receiver answered 302: redirects are not followed.',
      fault: 'refusal',
    });
  });

  it('gives up on 410, for a test too', () => {
    for (const delivery of [first, test]) {
      expect(decide(response(410), delivery)).toMatchObject({ status: 'failed', errorKind: 'gone' });
    }
  });

  it('bounds and cleans the message', () => {
    const { errorMessage } = decide({ ...unsent, message: `\0\ud800${'x'.repeat(5000)}` });
    expect(errorMessage).toHaveLength(1000);
    expect(errorMessage).toMatch(/^\ufffd\ufffdx/);
  });
});

describe('whose fault a failure is', () => {
  it('is the receiver’s health only for 5xx, 408, 425 and what never answered', () => {
    for (let status = 300; status < 1000; status += 1) {
      const passing = status === 408 || status === 425;
      const expected = status === 429 ? 'throttle' : status < 500 && !passing ? 'refusal' : 'outage';
      expect([status, decide(response(status)).fault]).toEqual([status, expected]);
    }
  });

  it.each([
    ...['dns', 'address_refused', 'connection_refused', 'connection_reset', 'timeout', 'response_invalid'],
    ...['tls', 'tls_absent', 'tls_expired', 'tls_name', 'tls_authority', 'tls_protocol', 'http2_only'],
  ] as const)('%s is an outage, and tried again', (kind) => {
    expect(decide(error(kind))).toMatchObject({ status: 'retrying', errorKind: kind, fault: 'outage' });
  });

  it.each([
    ...['transform_syntax', 'transform_error', 'transform_timeout', 'transform_memory', 'transform_result'],
    ...['transform_paused', 'transform_fault', 'payload_too_large', 'request_invalid'],
  ] as const)('%s is nobody’s but ours or the script’s, and final', (kind) => {
    expect(decide(error(kind))).toEqual({
      status: 'failed',
      delayMs: null,
      keepsRetry: false,
      holdMs: null,
      fault: null,
      errorKind: kind,
      errorMessage: 'why',
    });
  });
});

describe('refusals', () => {
  it.each([400, 401, 403, 404, 413, 422, 431, 499])('%d is retried as configured', (status) => {
    expect(decide(response(status))).toMatchObject({ status: 'retrying', delayMs: 5000, fault: 'refusal' });
    expect(decide(response(status), first, { retry_refusals: false })).toMatchObject({
      status: 'failed',
      delayMs: null,
      fault: 'refusal',
    });
  });

  it.each([301, 408, 425, 429, 500, 503])('%d is tried again where refusals are not', (status) => {
    expect(decide(response(status), first, { retry_refusals: false }).status).toBe('retrying');
  });
});

describe('a receiver that asks to wait', () => {
  it('429 holds the whole webhook for Retry-After, and uses up no retry', () => {
    expect(decide(response(429, { 'retry-after': '60' }))).toEqual({
      status: 'retrying',
      delayMs: 60_000,
      keepsRetry: true,
      holdMs: 60_000,
      fault: 'throttle',
      errorKind: 'throttled',
      errorMessage: 'The receiver answered 429. It wants to be called later.',
    });
  });

  it.each([
    [{}, 5000],
    [{ 'retry-after': 'soon' }, 5000],
    [{ 'retry-after': '1' }, 1000],
    [{ 'retry-after': '0' }, 1000],
    [{ 'retry-after': 'Mon, 15 Jan 2024 10:29:00 GMT' }, 1000],
    [{ 'retry-after': '999999999999' }, dayMs],
    [{ 'retry-after': 'Mon, 15 Jan 2024 10:31:00 GMT' }, 60_000],
    // Its clock is ten minutes ahead of ours, and then behind.
    [{ 'retry-after': 'Mon, 15 Jan 2024 10:41:00 GMT', date: 'Mon, 15 Jan 2024 10:40:00 GMT' }, 60_000],
    [{ 'retry-after': 'Mon, 15 Jan 2024 10:21:00 GMT', date: 'Mon, 15 Jan 2024 10:20:00 GMT' }, 60_000],
    [{ 'retry-after': 'Mon, 15 Jan 2024 10:31:00 GMT', date: 'today' }, 60_000],
  ])('%j holds for %d ms', (given, expected) => {
    expect(decide(response(429, given)).holdMs).toBe(expected);
  });

  it.each([
    ['retries used up', usedUp, {}],
    ['retries switched off', first, { retry_enabled: false }],
    ['no retry allowed', first, { max_retries: 0 }],
  ])('429 is never final: %s', (_why, delivery, changes) => {
    expect(decide(response(429), delivery, changes)).toMatchObject({ status: 'retrying', keepsRetry: true });
  });

  it('503 with Retry-After holds the webhook too, and uses up a retry', () => {
    const asked = response(503, { 'retry-after': '60' });
    const held = { holdMs: 60_000, keepsRetry: false, fault: 'outage', errorKind: 'status' };
    expect(decide(asked)).toMatchObject({ ...held, status: 'retrying', delayMs: 60_000 });
    expect(decide(asked, usedUp)).toMatchObject({ ...held, status: 'failed', delayMs: null });
    expect(decide(response(503, { 'retry-after': '1' }))).toMatchObject({ holdMs: 1000, delayMs: 5000 });
    expect(decide(response(503, { 'retry-after': '0' })).holdMs).toBeNull();
    expect(decide(response(503)).holdMs).toBeNull();
  });

  it.each([500, 502, 404, 408])('Retry-After says nothing at %d', (status) => {
    expect(decide(response(status, { 'retry-after': '60' }))).toMatchObject({ holdMs: null, delayMs: 5000 });
  });

  it('a test just fails, and holds nothing', () => {
    for (const status of [429, 503]) {
      const decision = decide(response(status, { 'retry-after': '60' }), test);
      expect(decision).toMatchObject({ status: 'failed', delayMs: null, holdMs: null, keepsRetry: false });
    }
  });

  it('is heard though the body of its answer never came', () => {
    expect(decide(error('timeout', answer(429, { 'retry-after': '9' })))).toMatchObject({
      holdMs: 9000,
      errorKind: 'throttled',
    });
    expect(decide(error('connection_reset', answer(410)))).toMatchObject({
      status: 'failed',
      errorKind: 'gone',
    });
    expect(decide(error('timeout', answer(503, { 'retry-after': '9' })))).toMatchObject({ holdMs: 9000 });
    for (const status of [200, 404, 500, 503]) {
      expect(decide(error('timeout', answer(status)))).toMatchObject({
        errorKind: 'timeout',
        fault: 'outage',
      });
    }
  });
});

describe('what was not sent', () => {
  it('comes again soon, not all at once, at nobody’s cost', () => {
    const released = { status: 'released', keepsRetry: false, holdMs: null, fault: null, errorKind: null };
    for (const delivery of [first, usedUp, test]) {
      expect(decide(unsent, delivery)).toMatchObject({ ...released, errorMessage: 'no socket was free' });
    }
    const delays = [0, 0.5, 1].map(
      (jitter) => decideOutcome(unsent, first, webhook, { ...clock, jitter }).delayMs,
    );
    expect(delays).toEqual([1000, 1500, 2000]);
  });

  it('is skipped when a newer one went before it, whatever retries are left', () => {
    expect(decide({ kind: 'superseded', by: 'd2', durationMs: 0 })).toMatchObject({
      status: 'skipped',
      fault: null,
      delayMs: null,
      errorKind: 'superseded',
      errorMessage: 'Delivery d2 brought a newer state of its record meanwhile.',
    });
  });

  it('is skipped when the script dropped it', () => {
    expect(decide({ kind: 'dropped', durationMs: 1 })).toMatchObject({
      status: 'skipped',
      delayMs: null,
      fault: null,
      errorKind: null,
    });
  });
});

describe('whatever comes', () => {
  it('keeps its promises', () => {
    fc.assert(
      fc.property(
        outcome,
        fc.nat(25),
        fc.boolean(),
        settings,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (...drawn) => {
          const [came, retryCount, isTest, webhookSettings, jitter] = drawn;
          const decision = decideOutcome(came, { retryCount, isTest }, webhookSettings, {
            now: clock.now,
            jitter,
          });
          const { status, delayMs, holdMs, fault, errorKind, keepsRetry } = decision;
          expect(delayMs !== null).toBe(status === 'retrying' || status === 'released');
          for (const ms of [delayMs, holdMs]) {
            if (ms === null) continue;
            expect(ms).toBeGreaterThan(0);
            expect(ms).toBeLessThanOrEqual(dayMs);
          }
          if (isTest) expect(status === 'retrying' || holdMs !== null).toBe(false);
          if (status === 'retrying' && !keepsRetry) {
            expect(webhookSettings.retry_enabled && retryCount < webhookSettings.max_retries).toBe(true);
          }
          expect(errorKind !== null).toBe(status === 'retrying' || status === 'failed');
          if (errorKind === null) expect(fault).toBeNull();
          if (keepsRetry) expect([status, fault, holdMs]).toEqual(['retrying', 'throttle', delayMs]);
          if (came.kind === 'unsent') expect(status).toBe('released');
          if (fault === 'refusal') expect(holdMs).toBeNull();
        },
      ),
      { numRuns: 1000 },
    );
  });
});
