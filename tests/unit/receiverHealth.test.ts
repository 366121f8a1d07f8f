import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureSign, receiverHealth, webhookState } from '@/lib/domain/receiverHealth';

const now = Date.parse('2026-03-30T10:00:00Z');
const later = '2026-03-30T10:00:01.000Z';
const earlier = '2026-03-30T09:00:00.000Z';
const well = {
  failing_since: null,
  failures: 0,
  paused_until: null,
  held_until: null,
  held_status: null,
  last_error_kind: null,
  last_status_code: null,
};
const unknown = { kind: 'unknown' };
const failing = { ...well, failing_since: earlier, failures: 3 };
const active = (health: typeof failing | typeof well | null | object) => ({
  status: 'active' as const,
  disabled_reason: null,
  health: health && { ...well, ...health },
});
const day = (succeeded: number, failed: number, retried: number, more = {}) => ({
  succeeded,
  failed,
  retried,
  ...more,
});

describe('the health of a receiver', () => {
  it('is degraded after a day of failures whose last attempt was fine', () => {
    expect(receiverHealth(active(null), day(858, 2, 140), now)).toEqual({
      state: 'degraded',
      reason: { kind: 'rate', share: 0.142, cause: 'other' },
    });
  });

  it('names what most of the failures have in common', () => {
    const causeOf = (more: object) => {
      const health = receiverHealth(active(null), day(88, 6, 6, more), now);
      return health && 'reason' in health && health.reason.kind === 'rate' ? health.reason.cause : undefined;
    };
    expect(causeOf({ errors_4xx: 12 })).toBe('refused');
    expect(causeOf({ errors_5xx: 9, errors_4xx: 3 })).toBe('error');
    expect(causeOf({ errors_timeout: 12 })).toBe('timeout');
    expect(causeOf({ errors_network: 12 })).toBe('unreachable');
    expect(causeOf({ errors_transform: 12 })).toBe('script');
    expect(causeOf({ errors_4xx: 6, errors_5xx: 6 })).toBe('other');
    expect(causeOf({})).toBe('other');
  });

  it.each([
    ['good', day(1000, 0, 9)],
    ['degraded', day(990, 0, 10)],
    ['degraded', day(0, 1, 0)],
    ['degraded', day(0, 0, 1)],
    ['good', day(1, 0, 0)],
    ['quiet', day(0, 0, 0)],
  ])('is %s by the rate of the day: %j', (state, figures) => {
    expect(receiverHealth(active(null), figures, now)?.state).toBe(state);
  });

  it('counts failures in a row whatever the day was like', () => {
    expect(receiverHealth(active(failing), day(1_000_000, 0, 3), now)).toEqual({
      state: 'degraded',
      reason: { kind: 'row', failures: 3, since: earlier, sign: unknown },
    });
    expect(receiverHealth(active({ ...failing, failures: 5 }), day(1_000_000, 0, 5), now)?.state).toBe(
      'down',
    );
    expect(receiverHealth(active({ ...failing, failures: 5 }), undefined, now)?.state).toBe('down');
  });

  it('is down while the breaker is open, and while it lets one delivery try', () => {
    const open = { ...failing, failures: 21, paused_until: later };
    expect(receiverHealth(active(open), day(1000, 0, 0), now)).toEqual({
      state: 'down',
      reason: { kind: 'paused', until: later, failures: 21, since: earlier, sign: unknown },
    });
    expect(receiverHealth(active({ ...open, paused_until: earlier }), undefined, now)).toMatchObject({
      state: 'down',
      reason: { kind: 'paused', until: null },
    });
  });

  it('tells an answer that asks for rest, as long as it does', () => {
    const held = { held_until: later, held_status: 429 };
    expect(receiverHealth(active(held), day(10, 0, 0), now)).toEqual({
      state: 'degraded',
      reason: { kind: 'held', until: later, status: 429 },
    });
    expect(receiverHealth(active({ ...held, held_until: earlier }), day(10, 0, 0), now)?.state).toBe('good');
  });

  it.each([
    [
      { last_status_code: 500, last_error_kind: 'status' },
      { kind: 'status', status: 500 },
    ],
    [
      { last_status_code: 429, last_error_kind: 'throttled' },
      { kind: 'status', status: 429 },
    ],
    [{ last_status_code: null, last_error_kind: 'timeout' }, { kind: 'timeout' }],
    [{ last_status_code: null, last_error_kind: 'connection_refused' }, { kind: 'unreachable' }],
    [{ last_status_code: null, last_error_kind: 'tls_expired' }, { kind: 'unreachable' }],
    [{ last_status_code: null, last_error_kind: 'connection_reset' }, { kind: 'unknown' }],
    [{}, { kind: 'unknown' }],
  ])('has a sign in the latest failure: %j', (latest, sign) => {
    expect(failureSign({ ...failing, ...latest })).toEqual(sign);
    const health = receiverHealth(active({ ...failing, ...latest }), undefined, now);
    expect(health && 'reason' in health && 'sign' in health.reason && health.reason.sign).toEqual(sign);
  });

  it('is not told where the day is not known and nothing else is wrong', () => {
    expect(receiverHealth(active(null), undefined, now)).toBeUndefined();
    expect(webhookState(active(null), undefined)).toBeUndefined();
  });

  it('is off, and nothing else, for a webhook that is switched off', () => {
    const off = { status: 'inactive' as const, health: { ...failing, ...well, paused_until: later } };
    expect(receiverHealth(off, day(0, 9, 0), now)).toEqual({ state: 'off' });
  });

  it('is called good only when fewer than one attempt in a hundred failed and none of the latest', () => {
    const counts = fc.nat({ max: 100_000 });
    fc.assert(
      fc.property(counts, counts, counts, fc.nat({ max: 30 }), (succeeded, failed, retried, failures) => {
        const health = receiverHealth(active({ ...well, failures }), day(succeeded, failed, retried), now);
        const share = (failed + retried) / (succeeded + failed + retried);
        expect(health?.state === 'good').toBe(failures === 0 && share < 0.01);
      }),
    );
  });
});

describe('the word for a webhook', () => {
  const stateOf = (
    webhook: Parameters<typeof receiverHealth>[0] & { disabled_reason: 'gone' | 'failing' | null },
  ) => webhookState(webhook, receiverHealth(webhook, day(10, 0, 0), now));
  it('is never "active" while nothing is sent', () => {
    expect(stateOf(active({ ...failing, paused_until: later }))).toBe('down');
    expect(stateOf({ status: 'inactive', disabled_reason: null, health: null })).toBe('inactive');
    expect(stateOf({ status: 'inactive', disabled_reason: 'gone', health: null })).toBe('disabled');
    expect(stateOf({ status: 'inactive', disabled_reason: 'failing', health: { ...well, ...failing } })).toBe(
      'disabled',
    );
  });
  it('is "active" only of one that does well', () => {
    expect(stateOf(active(null))).toBe('active');
    expect(stateOf(active(failing))).toBe('degraded');
  });
});
