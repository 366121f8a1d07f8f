import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AttemptOutcome } from '@/lib/domain/attemptOutcome';
import type { TransformResult } from '@/lib/domain/transform';
import { type AttemptParts, createAttempt } from '@/lib/engine/attempt';
import type { Pending } from '@/lib/engine/states';
import { createLogger } from '@/lib/telemetry/logger';
import { startMetrics } from '@/lib/telemetry/metrics';
import { claimedEvent, claimedItem, claimedWebhook } from '../support/claims';
import { FakeClock } from '../support/fakeClock';
import { holdLog } from '../support/heldLog';

process.env.SUPABASE_URL = 'https://project.supabase.test';
process.env.SUPABASE_PUBLISHABLE_KEY = process.env.SUPABASE_SECRET_KEY = 'key';
process.env.CRON_SECRET = 'a-secret-of-the-test';
process.env.WEBHOOKS_LOG_ATTEMPTS = 'false';

type Sent = Parameters<AttemptParts['send']>[0];

const ok: AttemptOutcome = {
  kind: 'response',
  status: 200,
  headers: {},
  body: 'ok',
  truncated: false,
  durationMs: 12.4,
};
const answered = (status: number, durationMs = 10): AttemptOutcome => ({ ...ok, status, durationMs });

let clock: FakeClock;
let sent: Sent[];
beforeEach(() => {
  clock = new FakeClock();
  sent = [];
  holdLog();
});

/** An attempt whose receiver answers in turn, and at last always the same. */
function attemptWith(answers: AttemptOutcome[] = [ok], parts: Partial<AttemptParts> = {}) {
  const left = [...answers];
  return createAttempt({
    clock,
    wallClock: () => new Date('2024-01-15T10:30:07.250Z'),
    random: () => 0,
    transform: async () => null,
    offerToDraft: () => {},
    send: async (request) => {
      sent.push(request);
      return (left.length > 1 ? left.shift() : left[0]) ?? ok;
    },
    record: () => {},
    ...parts,
  });
}

const pending = (fields: Partial<Pending> = {}): Pending => ({
  item: claimedItem(),
  event: claimedEvent(),
  webhook: claimedWebhook(),
  leaseEndsAt: clock.now() + 25_000,
  ...fields,
});
const scripted = (result: TransformResult | null, fields: Partial<Pending> = {}) => ({
  given: pending({ webhook: claimedWebhook({ transform_script: 'return payload' }), ...fields }),
  transform: async () => result,
});

describe('an attempt', () => {
  it('keeps of an answer none of the secrets that the receiver sends back', async () => {
    const webhook = claimedWebhook({ headers: { 'X-Auth': 'open-sesame-1' } });
    let echo = '';
    const { result } = await attemptWith([ok], {
      send: async ({ headers }) => {
        echo = JSON.stringify(headers);
        return {
          ...ok,
          status: 400,
          headers: { 'x-auth': 'theirs', 'x-echo': echo, 'x-kept': 'yes' },
          body: echo,
        };
      },
    })(pending({ webhook }));
    expect(echo).toContain('open-sesame-1'); // it was sent
    const kept = JSON.stringify(result);
    const seed = Buffer.from(webhook.secret_key).toString('base64').slice(0, 40);
    for (const secret of ['open-sesame-1', webhook.secret_key, seed, 'theirs'])
      expect(kept).not.toContain(secret);
    expect(result.response_headers).toMatchObject({ 'x-kept': 'yes' });
    expect(result.response_body).toContain('DevLink-Webhooks');
  });

  it('makes no request of a retry that a newer delivery went before', async () => {
    const { result } = await attemptWith()(pending({ supersededBy: 'the-other' }));
    expect(sent).toEqual([]);
    expect(result).toMatchObject({ status: 'skipped', error_kind: 'superseded', duration_ms: 0 });
    expect(result.error_message).toContain('the-other');
    expect(result.request_url).toBeUndefined();
  });

  it('keeps the body of several events as it was sent: no event has it', async () => {
    const event = claimedEvent({ payload: '{"id":"1","changes":{}}', sequence: 7, merged: true });
    const { result } = await attemptWith()(pending({ event }));
    expect(result).toMatchObject({ request_body: sent[0]?.body, request_format: undefined });
    expect(sent[0]?.headers).toMatchObject({ 'X-Webhook-Sequence': '7' });
  });

  it('sends the envelope and answers what is to be written', async () => {
    const given = pending();
    const { result, lacked } = await attemptWith()(given);
    const body = '{"event_type":"lead.created","payload":{"id":"1"},"timestamp":"2024-01-15T10:30:00.000Z"}';
    expect(sent).toMatchObject([{ url: 'https://receiver.test/hook', body, timeoutMs: 5000 }]);
    expect(sent[0]?.headers).toMatchObject({
      'Accept-Encoding': 'identity',
      'webhook-timestamp': '1705314607',
    });
    expect(lacked).toBe(false);
    expect(result).toMatchObject({
      id: given.item.id,
      fence: 1,
      status: 'success',
      started_at: '2024-01-15T10:30:07.250Z',
      duration_ms: 12,
      request_format: 'envelope',
      response_status: 200,
      response_body: 'ok',
    });
    expect(result).not.toHaveProperty('error_kind', expect.anything());
    expect(result.request_body).toBeUndefined();
  });

  it('sends the digits of a payload as they were written', async () => {
    const payload = '{ "id" : 9223372036854775807, "montant": 10.50 }';
    await attemptWith()(pending({ event: claimedEvent({ payload }) }));
    expect(sent[0]?.body).toContain('"payload":{"id":9223372036854775807,"montant":10.5}');
  });

  it('sends what the script returned, and keeps its body and console', async () => {
    const console = [{ level: 'log', text: 'a\0b' }] as const;
    const { given, transform } = scripted({
      ok: true,
      dropped: false,
      json: '{"x":1}',
      console: [...console],
      durationMs: 3,
    });
    const { result } = await attemptWith([ok], { transform })(given);
    expect(sent[0]?.body).toContain('"payload":{"x":1}');
    expect(result).toMatchObject({
      request_body: sent[0]?.body,
      console: [{ level: 'log', text: 'a\ufffdb' }],
    });
    expect(result.request_format).toBeUndefined();
  });

  it('is skipped when the script returned null, and fails without a request when it threw', async () => {
    const drop = scripted({ ok: true, dropped: true, console: [], durationMs: 3 });
    expect((await attemptWith([ok], drop)(drop.given)).result).toMatchObject({
      status: 'skipped',
      duration_ms: 3,
    });
    const fault = { ok: false, kind: 'transform_error', message: 'absent', line: 2, column: 7 } as const;
    const thrown = scripted({ ...fault, console: [], durationMs: 3 });
    const { result } = await attemptWith([ok], thrown)(thrown.given);
    expect(result).toMatchObject({
      status: 'failed',
      error_kind: 'transform_error',
      error_message: 'absent (line 2, column 7)',
    });
    expect(result.fault).toBeUndefined();
    expect(sent).toEqual([]);
  });

  it('writes what had come of an answer before it broke off', async () => {
    const answer = { status: 200, headers: { server: 'x' }, body: 'half', truncated: true };
    const broken: AttemptOutcome = {
      kind: 'error',
      errorKind: 'timeout',
      message: 'late',
      durationMs: 5000,
      answer,
    };
    const { result } = await attemptWith([broken])(pending());
    expect(result).toMatchObject({
      status: 'retrying',
      fault: 'outage',
      error_kind: 'timeout',
      response_status: 200,
      response_headers: { server: 'x' },
      response_body: 'half',
      response_truncated: true,
    });
  });

  it('hands on what a receiver asked for', async () => {
    const asked: AttemptOutcome = { ...ok, status: 429, headers: { 'retry-after': '3' } };
    const { result } = await attemptWith([asked])(pending());
    expect(result).toMatchObject({
      status: 'retrying',
      keeps_retry: true,
      hold_ms: 3000,
      delay_ms: 3000,
      fault: 'throttle',
      error_kind: 'throttled',
    });
  });
});

describe('what is not sent', () => {
  it.each([
    ['the sandbox does not run', () => scripted(null).given, () => true],
    ['too little of the lease is left', () => pending({ leaseEndsAt: clock.now() + 9999 }), () => true],
    ['the process is stopping', () => pending(), () => false],
  ])('is released when %s', async (_why, given, mayStillSend) => {
    const { result, lacked } = await attemptWith()(given(), mayStillSend);
    expect(result).toMatchObject({ status: 'released', delay_ms: 1000 });
    expect(Object.keys(result).some((name) => /request|response|fault|kind/.test(name))).toBe(false);
    expect([sent.length, lacked]).toEqual([0, false]);
  });

  it('is released, and told apart, when our own sockets ran out', async () => {
    const { result, lacked } = await attemptWith([{ kind: 'unsent', message: 'No socket.', durationMs: 0 }])(
      pending(),
    );
    expect(result).toMatchObject({ status: 'released', error_message: 'No socket.' });
    expect(lacked).toBe(true);
  });

  it('is sent with exactly as much of the lease left as it needs', async () => {
    const { result } = await attemptWith()(pending({ leaseEndsAt: clock.now() + 10_000 }));
    expect(result.status).toBe('success');
  });
});

describe('431, while the seed’s header is long', () => {
  const long = claimedEvent({ payload: JSON.stringify({ text: 'x'.repeat(4000) }) });
  const short = claimedEvent({ payload: JSON.stringify({ text: 'x'.repeat(2000) }) });

  it('is answered by the same request without it, and the record says so', async () => {
    const record = vi.fn();
    const { result } = await attemptWith([answered(431, 1200), answered(200, 30)], { record })(
      pending({ event: long }),
    );
    expect(sent).toHaveLength(2);
    const [first, second] = sent;
    const { 'X-Webhook-Signature': seed, ...others } = first?.headers ?? {};
    expect(seed?.length).toBeGreaterThan(4096);
    expect(second).toEqual({ ...first, headers: others, timeoutMs: 3800 });
    expect(result).toMatchObject({ status: 'success', duration_ms: 1230, response_status: 200 });
    expect(result.request_headers).not.toHaveProperty('X-Webhook-Signature');
    expect(result.console).toEqual([
      { level: 'warn', code: 'seed_signature_left_out', text: expect.stringContaining('431') },
    ]);
    expect(record).toHaveBeenCalledWith(expect.objectContaining({ leftOut: true }));
  });

  it('is a refusal like any other when that does not help', async () => {
    const { result } = await attemptWith([answered(431)])(pending({ event: long }));
    expect(result).toMatchObject({ status: 'retrying', fault: 'refusal', response_status: 431 });
    expect(sent).toHaveLength(2);
  });

  it.each([
    ['the header is short', () => pending({ event: short }), answered(431)],
    [
      'the header is switched off',
      () => pending({ event: long, webhook: claimedWebhook({ seed_signature_enabled: false }) }),
      answered(431),
    ],
    ['no time is left', () => pending({ event: long }), answered(431, 4950)],
    ['it was another answer', () => pending({ event: long }), answered(413)],
  ])('is not tried again when %s', async (_why, given, answer) => {
    const { result } = await attemptWith([answer])(given());
    expect(sent).toHaveLength(1);
    expect(result.console).toBeUndefined();
  });
});

describe('what is in one delivery costs that delivery only', () => {
  const bad = new Error('a defect');
  const boom = () => {
    throw bad;
  };

  it.each<[string, () => Pending, Partial<AttemptParts>, RegExp]>([
    ['its webhook is missing', () => pending({ webhook: undefined }), {}, /settings of its webhook/],
    ['its event is missing', () => pending({ event: undefined }), {}, /removed with age/],
    [
      'its payload is no JSON',
      () => pending({ event: claimedEvent({ payload: '{"a":' }) }),
      {},
      /\(body\).*SyntaxError/,
    ],
    [
      'its time is none',
      () => pending({ event: claimedEvent({ occurred_at: 'infinity' }) }),
      {},
      /\(body\).*RangeError/,
    ],
    [
      'its headers cannot be read',
      () => pending({ webhook: Object.defineProperty(claimedWebhook(), 'headers', { get: boom }) }),
      {},
      /\(headers\).*a defect/,
    ],
    ['transforming breaks', () => scripted(null).given, { transform: boom }, /\(transform\).*a defect/],
    ['sending breaks', () => pending(), { send: boom }, /\(send\).*a defect/],
    ['deciding breaks', () => pending(), { random: boom }, /\(decide\).*a defect/],
  ])('when %s', async (_what, given, parts, reason) => {
    const record = vi.fn();
    const { result, lacked } = await attemptWith([ok], { record, ...parts })(given());
    expect(result).toMatchObject({
      status: 'failed',
      error_kind: 'request_invalid',
      error_message: expect.stringMatching(reason),
    });
    expect(result.fault).toBeUndefined();
    expect(lacked).toBe(false);
    expect(record).toHaveBeenCalledTimes(1);
  });

  it('a log that cannot be written costs nothing', async () => {
    Object.assign(globalThis, { devlinkWebhookLog: { logger: createLogger({ write: boom }) } });
    expect((await attemptWith([ok], { record: boom })(pending())).result.status).toBe('success');
    expect((await attemptWith([ok], { record: boom, send: boom })(pending())).result.status).toBe('failed');
  });

  it.each([
    ['nested 8,000 deep', `${'['.repeat(8000)}1${']'.repeat(8000)}`],
    ['256 KiB of brackets', '['.repeat(131_072) + ']'.repeat(131_072)],
    ['half of a surrogate pair', '{"a":"\\ud800","b":"\\u0000"}'],
    ['an infinite number', '{"a":1e400}'],
  ])('a payload %s goes out as it is', async (_what, payload) => {
    const { result } = await attemptWith()(pending({ event: claimedEvent({ payload }) }));
    expect(result.status).toBe('success');
    expect(sent[0]?.body).toContain(`"payload":${payload},`);
  });

  it('whatever a claim answers', async () => {
    await startMetrics();
    const anything = fc.anything({ withNullPrototype: true, withBigInt: true });
    const broken = fc.record({
      webhook: fc.dictionary(fc.string(), anything),
      event: anything,
      script: anything,
    });
    await fc.assert(
      fc.asyncProperty(broken, async ({ webhook, event, script }) => {
        const given = {
          item: claimedItem(),
          leaseEndsAt: clock.now() + 25_000,
          webhook: { ...claimedWebhook(), ...webhook, transform_script: script },
          event,
        };
        // Not the type that a claim promises: what it would be if it were broken.
        const { result } = await attemptWith([ok], { transform: boom })(given as unknown as Pending);
        expect(['success', 'failed', 'released']).toContain(result.status);
      }),
    );
  });
});
