import { expect, test } from 'vitest';
import type { AttemptOutcome } from '@/lib/domain/attemptOutcome';
import { deliveryErrorKinds } from '@/lib/domain/deliveryErrorKinds';
import { decideOutcome } from '@/lib/domain/outcome';
import { failureNature, statusFamily } from '@/lib/domain/statusFamily';
import enDeliveries from '@/lib/i18n/messages/en/deliveries.json';
import enErrors from '@/lib/i18n/messages/en/errors.json';
import frDeliveries from '@/lib/i18n/messages/fr/deliveries.json';
import frErrors from '@/lib/i18n/messages/fr/errors.json';

const sentences = ['title', 'cause', 'cure'].sort();

test('every error kind has a title, a cause and a cure in both languages', () => {
  for (const { kinds } of [frErrors, enErrors]) {
    expect(Object.keys(kinds).sort()).toEqual([...deliveryErrorKinds].sort());
    for (const texts of Object.values(kinds)) expect(Object.keys(texts).sort()).toEqual(sentences);
  }
});

test('every answer that a receiver can fail with has them too', () => {
  const families = new Set<string>();
  for (let status = 100; status < 600; status++) {
    if (status < 200 || status >= 400) families.add(statusFamily(status));
  }
  for (const { families: texts } of [frDeliveries, enDeliveries]) {
    expect(Object.keys(texts).sort()).toEqual([...families].sort());
  }
  expect([401, 403, 404, 429, 418, 500, 503].map(statusFamily)).toEqual([
    'unauthorized',
    'unauthorized',
    'not_found',
    'rate_limited',
    'client_error',
    'server_error',
    'unavailable',
  ]);
});

const settings = { retry_enabled: true, retry_refusals: true, max_retries: 3, retry_delay: 5 };
const decide = (outcome: AttemptOutcome) =>
  decideOutcome(outcome, { retryCount: 0, isTest: false }, settings, { now: new Date(), jitter: 0 });

test('the console tells refusals from outages as the engine did', () => {
  for (let status = 100; status < 600; status++) {
    const answer = { status, headers: {}, body: '', truncated: false };
    const { errorKind, fault } = decide({ kind: 'response', durationMs: 1, ...answer });
    if (errorKind === null) continue;
    expect([status, failureNature(errorKind, status)]).toEqual([status, fault === 'throttle' ? null : fault]);
  }
  // 'status' needs an answer, and what nobody tried was decided by nobody.
  const untried = new Set([
    'status',
    'throttled',
    'gone',
    'redirect',
    'webhook_deleted',
    'cancelled',
    'erased',
    'superseded',
  ]);
  for (const errorKind of deliveryErrorKinds.filter((kind) => !untried.has(kind))) {
    const { fault } = decide({ kind: 'error', errorKind, message: '', durationMs: 1 });
    expect([errorKind, failureNature(errorKind, null)]).toEqual([errorKind, fault]);
  }
  expect(failureNature('cancelled', 500)).toBeNull();
  expect(failureNature('webhook_deleted', null)).toBeNull();
});

test('no cause of TLS is blamed on another', () => {
  for (const { kinds } of [frErrors, enErrors]) {
    const texts = Object.entries(kinds).filter(([kind]) => kind.startsWith('tls') || kind === 'http2_only');
    expect(new Set(texts.map(([, { title }]) => title)).size).toBe(texts.length);
    const renews = texts.filter(([, { cure }]) => /renouvel|renew/i.test(cure)).map(([kind]) => kind);
    expect(renews).toEqual(['tls_expired']);
  }
});
