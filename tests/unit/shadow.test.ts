import { beforeEach, describe, expect, it } from 'vitest';
import { draftRunsPerMinute } from '@/lib/domain/script';
import type { TransformResult } from '@/lib/domain/transform';
import { createShadow, type Shadowed } from '@/lib/engine/shadow';
import { claimedEvent } from '../support/claims';
import { FakeClock } from '../support/fakeClock';
import { holdLog } from '../support/heldLog';

const good = (json: string): TransformResult => ({
  ok: true,
  dropped: false,
  json,
  console: [],
  durationMs: 1,
});
const dropped: TransformResult = { ok: true, dropped: true, console: [], durationMs: 1 };
const bad = (kind: 'transform_error' | 'transform_paused' = 'transform_error'): TransformResult => ({
  ok: false,
  kind,
  message: 'x is not defined',
  line: 2,
  column: 3,
  console: [],
  durationMs: 1,
});

let clock: FakeClock;
let log: ReturnType<typeof holdLog>;
beforeEach(() => {
  clock = new FakeClock();
  log = holdLog();
});

type Noted = Parameters<NonNullable<Parameters<typeof createShadow>[0]>['note'] & object>;

/** A shadow of the webhook `w` and its draft, and what it has noted. */
function shadowOf(run: () => Promise<TransformResult | undefined>, drafts = [{ id: 'd', webhook_id: 'w' }]) {
  const noted: Noted[] = [];
  const looks = { count: 0 };
  const shadow = createShadow({
    clock,
    listDrafts: async () => {
      looks.count += 1;
      return drafts;
    },
    draftScript: async () => 'return payload',
    run,
    note: async (...args) => {
      noted.push(args);
    },
  });
  return { shadow, noted, looks };
}
const shadowed = (live: TransformResult | null, fields: Partial<Shadowed> = {}): Shadowed => ({
  webhookId: 'w',
  eventId: 'e',
  event: claimedEvent({ payload: '{"a":1,"b":2}' }),
  live,
  ...fields,
});
/** What was begun without a wait has ended. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('a draft comes to', () => {
  it.each([
    ['the same', good('{"a":1,"b":2}'), good('{"a":1,"b":2}'), 'same'],
    ['the same in another order', good('{"a":1,"b":2}'), good('{"b":2,"a":1}'), 'same'],
    ['the same as without a script', null, good('{"b":2,"a":1}'), 'same'],
    ['nothing, as the live one', dropped, dropped, 'same'],
    ['something else', good('{"a":1}'), good('{"a":2}'), 'different'],
    ['something where the live one passes over', dropped, good('{}'), 'different'],
    ['something where the live one fails', bad(), good('{}'), 'different'],
    ['a failure', good('{}'), bad(), 'failed'],
    ['a failure, as the live one', bad(), bad(), 'failed'],
  ])('%s', async (_, live, draft, outcome) => {
    const { shadow, noted } = shadowOf(async () => draft);
    shadow.offer(shadowed(live));
    await settled();
    expect(noted).toMatchObject([['d', outcome, outcome === 'same' ? null : { event_id: 'e' }]]);
  });

  it('an example of both, with the reasons, unless they are too long to be kept', async () => {
    const { shadow, noted } = shadowOf(async () => bad());
    shadow.offer(shadowed(good(JSON.stringify({ long: 'x'.repeat(40_000) }))));
    shadow.offer(shadowed(bad()));
    await settled();
    expect(noted.map(([, , example]) => example)).toMatchObject([
      { live: null, draft: null, live_error: null, draft_error: 'transform_error: x is not defined (2:3)' },
      { live_error: 'transform_error: x is not defined (2:3)', event_type: 'lead.created' },
    ]);
  });

  it('nothing where the event cannot be given to a script', async () => {
    const { shadow, noted } = shadowOf(async () => good('{}'));
    shadow.offer(shadowed(null, { event: claimedEvent({ occurred_at: 'no time' }) }));
    await settled();
    expect([noted, log.length]).toEqual([[], 1]);
  });

  it('nothing that counts while it rests, or when its sandbox does not run', async () => {
    const answers = [async () => bad('transform_paused'), async () => undefined];
    const { shadow, noted } = shadowOf(
      () => answers.shift()?.() ?? Promise.reject(new Error('no sandbox for it')),
    );
    for (let n = 0; n < 3; n++) shadow.offer(shadowed(null));
    await settled();
    expect(noted).toEqual([]);
    expect(log).toHaveLength(1);
  });
});

describe('what goes by', () => {
  it('is taken a bounded number of times a minute', async () => {
    const { shadow, noted } = shadowOf(async () => good('{}'));
    for (let n = 0; n < 2 * draftRunsPerMinute; n++) {
      shadow.offer(shadowed(null));
      await settled();
    }
    expect(noted).toHaveLength(draftRunsPerMinute);
    await clock.advance(60_000);
    shadow.offer(shadowed(null));
    await settled();
    expect(noted).toHaveLength(draftRunsPerMinute + 1);
  });

  it('waits while nobody knows whether its webhook has a draft', async () => {
    const { shadow, noted } = shadowOf(async () => good('{}'));
    for (let n = 0; n < 3; n++) {
      shadow.offer(shadowed(null));
      await Promise.resolve();
    }
    await settled();
    expect(noted).toHaveLength(3);
  });

  it('is not held: while a draft hangs, few wait for it and the rest goes on without', async () => {
    const hanging = Promise.withResolvers<TransformResult>();
    let begun = 0;
    const { shadow, noted } = shadowOf(() => {
      begun += 1;
      return hanging.promise;
    });
    for (let n = 0; n < 1000; n++) shadow.offer(shadowed(null));
    await settled();
    expect(begun).toBe(1);
    hanging.resolve(good('{}'));
    await settled();
    expect(noted.length).toBeLessThanOrEqual(21);
  });

  it('is not looked at where no webhook has a draft, and the database is asked every ten seconds at most', async () => {
    const { shadow, noted, looks } = shadowOf(async () => good('{}'), []);
    for (let n = 0; n < 100; n++) {
      shadow.offer(shadowed(null));
      await settled();
    }
    expect([looks.count, noted.length]).toEqual([1, 0]);
    await clock.advance(10_000);
    shadow.offer(shadowed(null));
    await settled();
    expect(looks.count).toBe(2);
    shadow.forget();
    shadow.offer(shadowed(null));
    await settled();
    expect(looks.count).toBe(3);
  });
});
