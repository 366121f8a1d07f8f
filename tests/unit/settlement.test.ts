import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AttemptOutcome } from '@/lib/domain/attemptOutcome';
import { deliveryErrorKinds } from '@/lib/domain/delivery';
import { settle } from '@/lib/domain/settlement';

const webhook = { retry_enabled: true, max_retries: 3, retry_delay: 5 };
const clock = { now: new Date('2024-01-15T10:30:00Z'), jitter: 0 };
const first = { retryCount: 0, isTest: false };

const response = (status: number, headers: Record<string, string> = {}): AttemptOutcome => ({
  kind: 'response',
  status,
  headers,
  body: '',
  truncated: false,
  durationMs: 1,
});
const error = (errorKind: (typeof deliveryErrorKinds)[number]): AttemptOutcome => ({
  kind: 'error',
  errorKind,
  message: 'why',
  durationMs: 1,
});

const outcome = fc.oneof(
  fc.integer({ min: 200, max: 599 }).map((status) => response(status)),
  fc.constantFrom(...deliveryErrorKinds).map(error),
);

describe('settle', () => {
  it('succeeds on 2xx and on nothing else', () => {
    for (let status = 200; status < 600; status += 1) {
      const expected = status < 300 ? 'success' : status === 410 ? 'failed' : 'retrying';
      expect(settle(response(status), first, webhook, clock).status).toBe(expected);
    }
  });

  it('waits 5, 10 and 20 s, then gives up', () => {
    const delays = [0, 1, 2, 3].map((retryCount) => {
      const { status, delayMs } = settle(response(500), { retryCount, isTest: false }, webhook, clock);
      return [status, delayMs];
    });
    expect(delays).toEqual([
      ['retrying', 5000],
      ['retrying', 10_000],
      ['retrying', 20_000],
      ['failed', null],
    ]);
  });

  it.each([
    ...['transform_syntax', 'transform_error', 'transform_timeout', 'transform_memory', 'transform_result'],
    ...['transform_paused', 'payload_too_large', 'request_invalid', 'webhook_deleted', 'cancelled'],
  ] as const)('fails at once on %s', (kind) => {
    expect(settle(error(kind), first, webhook, clock)).toEqual({
      status: 'failed',
      delayMs: null,
      errorKind: kind,
      errorMessage: 'why',
      disableReason: null,
      receiverFailed: kind === 'webhook_deleted' || kind === 'cancelled',
    });
  });

  it.each(['dns', 'address_refused', 'connection_refused', 'connection_reset', 'tls', 'timeout'] as const)(
    'tries again after %s',
    (kind) =>
      expect(settle(error(kind), first, webhook, clock)).toMatchObject({
        status: 'retrying',
        errorKind: kind,
      }),
  );

  it('fails and disables on 410, but not for a test', () => {
    expect(settle(response(410), first, webhook, clock)).toMatchObject({
      status: 'failed',
      errorKind: 'gone',
      disableReason: 'gone',
    });
    expect(settle(response(410), { ...first, isTest: true }, webhook, clock).disableReason).toBeNull();
  });

  it('calls a redirect by its name', () => {
    expect(settle(response(302, { location: 'http://10.0.0.1/' }), first, webhook, clock)).toMatchObject({
      status: 'retrying',
      errorKind: 'redirect',
      errorMessage: 'The receiver answered 302: redirects are not followed.',
    });
  });

  it('honours Retry-After on 429 and 503 only', () => {
    const delay = (status: number, value: string) =>
      settle(response(status, { 'retry-after': value }), first, webhook, clock).delayMs;
    expect(delay(429, '60')).toBe(60_000);
    expect(delay(503, 'Mon, 15 Jan 2024 10:31:00 GMT')).toBe(60_000);
    expect(delay(429, '1')).toBe(5000);
    expect(delay(429, 'soon')).toBe(5000);
    expect(delay(429, '999999999')).toBe(86_400_000);
    expect(delay(500, '60')).toBe(5000);
  });

  it('never retries a test, nor where retries are off or used up', () => {
    fc.assert(
      fc.property(outcome, fc.nat(30), fc.boolean(), fc.boolean(), (drawn, retryCount, isTest, enabled) => {
        const settlement = settle(
          drawn,
          { retryCount, isTest },
          { ...webhook, retry_enabled: enabled },
          clock,
        );
        if (isTest || !enabled || retryCount >= 3) expect(settlement.status).not.toBe('retrying');
        expect(settlement.delayMs !== null).toBe(settlement.status === 'retrying');
        expect(settlement.errorKind === null).toBe(settlement.status === 'success');
      }),
    );
  });

  it('bounds and cleans the message', () => {
    const message = `\0${'x'.repeat(5000)}`;
    const settled = settle(
      { kind: 'error', errorKind: 'tls', message, durationMs: 1 },
      first,
      webhook,
      clock,
    );
    expect(settled.errorMessage).toHaveLength(1000);
    expect(settled.errorMessage).not.toContain('\0');
  });
});
