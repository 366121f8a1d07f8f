import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AttemptOutcome } from '@/lib/domain/attemptOutcome';
import { recordAttempt } from '@/lib/engine/attemptRecord';
import type { ClaimedWebhook } from '@/lib/store/claimSchema';
import { holdLog } from '../support/heldLog';

beforeAll(() => {
  process.env.SUPABASE_URL = 'https://project.supabase.test';
  process.env.SUPABASE_PUBLISHABLE_KEY = process.env.SUPABASE_SECRET_KEY = 'key';
  process.env.CRON_SECRET = 'a-secret-of-the-test';
  process.env.WEBHOOKS_WORKER = 'worker-7';
});
afterEach(() => vi.restoreAllMocks());

const item = {
  id: 'delivery',
  fence: 1,
  webhook_id: 'webhook',
  event_id: 'event',
  retry_count: 0,
  attempt_count: 2,
  is_test: false,
  lease_ms: 20_000,
};
const event = {
  event_type: 'lead.created',
  payload: '{"nom":"Dupont"}',
  occurred_at: '2024-01-15T10:30:00Z',
  sequence: null,
  origin: null,
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
};
const webhook = {
  url: 'https://hooks.example.com:8443/T123/secret-path?token=secret',
  headers: { Authorization: 'secret' },
} as unknown as ClaimedWebhook;
const answered = (status: number): AttemptOutcome => ({
  kind: 'response',
  status,
  headers: {},
  body: 'secret answer',
  truncated: false,
  durationMs: 41.6,
});
const success = {
  status: 'success',
  delayMs: null,
  errorKind: null,
  errorMessage: null,
  keepsRetry: false,
  holdMs: null,
  fault: null,
} as const;
const base = { item, event, webhook, startedAt: new Date(), sent: true, leftOut: false };

/** The log lines that `work` writes. */
function written(work: () => void): Record<string, unknown>[] {
  const lines = holdLog();
  work();
  return lines;
}

describe('the log line of an attempt', () => {
  it('has what an operator looks for, and of the URL only the host', () => {
    const decision = {
      ...success,
      status: 'retrying',
      errorKind: 'status',
      errorMessage: 'secret answer',
      delayMs: 5000.2,
    } as const;
    const [whole = {}] = written(() => recordAttempt({ ...base, outcome: answered(503), decision }));
    const { time, level: _, ...line } = whole;
    expect(line).toEqual({
      msg: 'webhook_attempt',
      delivery_id: 'delivery',
      webhook_id: 'webhook',
      event_type: 'lead.created',
      event_id: 'event',
      attempt: 3,
      host: 'hooks.example.com:8443',
      status: 'retrying',
      http_status: 503,
      error_kind: 'status',
      duration_ms: 42,
      retry_in_ms: 5001,
      worker: expect.stringMatching(/^worker-7\/[0-9a-f]{8}$/),
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    });
    expect(Math.abs(Date.parse(String(time)) - Date.now())).toBeLessThan(10_000);
    expect(JSON.stringify(whole)).not.toMatch(/secret|Dupont/);
  });

  it('leaves out what there is not', () => {
    const outcome = { kind: 'error', errorKind: 'dns', message: 'x', durationMs: 1 } as const;
    const decision = { ...success, status: 'failed', errorKind: 'dns' } as const;
    const test = { ...item, is_test: true };
    const [line = {}] = written(() =>
      recordAttempt({ ...base, item: test, event: { ...event, traceparent: null }, outcome, decision }),
    );
    expect(line).toMatchObject({ test: true, status: 'failed', error_kind: 'dns' });
    for (const name of ['http_status', 'retry_in_ms', 'trace_id']) expect(line).not.toHaveProperty(name);
  });
});
