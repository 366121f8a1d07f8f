import { expect, it } from 'vitest';
import { schemaVersion } from '@/lib/domain/schemaVersion';
import { type HealthInput, healthReport } from '@/lib/services/healthReport';
import type { QueueFigures } from '@/lib/store/upkeepStore';

const calm: QueueFigures = {
  schema_version: schemaVersion,
  oldest_claimable_ms: null,
  deliveries: { pending: 0, retrying: 0, in_flight: 0 },
  held: { inactive: 0, paused: 0, throttled: 0, limited: 0 },
  breakers: { open: 0, half_open: 0 },
  breaker_openings: 0,
  webhooks_failing: 0,
  webhooks: { active: 1, inactive: 0, disabled: 0 },
  workers: [{ worker: 'a/1', last_exchange_ms: 400, last_settled_ms: 5000 }],
  chores: [{ chore: 'end_orphans', last_success_ms: 1000, last_failure_ms: null, error: null }],
  jobs: { running: 0, failed: 0 },
};
const idle: HealthInput['drain'] = {
  inFlight: 0,
  waiting: 0,
  concurrency: 2048,
  freeSlots: 2048,
  lastExchangeMs: 300.4,
  lastAskedMs: 300.4,
  failedExchanges: 0,
  running: true,
};
const report = (queue: Partial<QueueFigures> | null, rest: Partial<HealthInput> = {}) =>
  healthReport({
    queue: queue && { ...calm, ...queue },
    problem: queue ? null : 'unreachable',
    publishableKeyRefusal: null,
    drain: idle,
    database: null,
    configuredConcurrency: 2048,
    uptimeMs: 3_600_000,
    ...rest,
  });
const worker = (last_exchange_ms: number, last_settled_ms: number | null) => ({
  worker: 'host-of-ours:7/abc',
  last_exchange_ms,
  last_settled_ms,
});

it('a calm installation: ok, no warnings, every figure', () => {
  expect(report({})).toEqual({
    status: 'ok',
    warnings: [],
    schema_version: schemaVersion,
    oldest_claimable_ms: null,
    deliveries: calm.deliveries,
    held: calm.held,
    drain: {
      free_slots: 2048,
      concurrency: 2048,
      in_flight: 0,
      results_waiting: 0,
      last_exchange_ms: 300,
      failed_exchanges: 0,
      database: null,
    },
    drains: { count: 1, last_exchange_ms: 400, last_settled_ms: 5000 },
    chores: [{ chore: 'end_orphans', last_success_ms: 1000, error: null }],
    jobs: calm.jobs,
  });
});

it('says that the database can be called only through the API, where it should not', () => {
  expect(report({}, { database: 'open' })).toMatchObject({ warnings: [], drain: { database: 'open' } });
  expect(report({}, { database: 'connecting' })).toMatchObject({ warnings: [] });
  const lost = report({}, { database: 'lost' });
  expect(lost).toMatchObject({ status: 'ok', drain: { database: 'lost' } });
  expect(lost.warnings).toEqual([expect.stringContaining('WEBHOOKS_DATABASE_URL')]);
});

it('names no process: anybody may ask', () => {
  expect(JSON.stringify(report({ workers: [worker(1, 1)] }))).not.toContain('host-of-ours');
});

const quietSince = 'No drain has asked for deliveries';
const noneEnded = 'Drains ask, but none has ended a delivery';
it.each<[name: string, queue: Partial<QueueFigures>, status: string, warning: string | null]>([
  ['nothing can be claimed, nobody asks', { workers: [] }, 'ok', null],
  ['a minute, nobody asks', { oldest_claimable_ms: 60_000, workers: [] }, 'ok', null],
  [
    'more, nobody asks',
    { oldest_claimable_ms: 60_001, workers: [] },
    'stalled',
    `${quietSince} within the last hour`,
  ],
  [
    'more, the last asked long ago',
    { oldest_claimable_ms: 300_000, workers: [worker(60_001, 60_001)] },
    'stalled',
    `A delivery that could be sent has waited for 5 min. ${quietSince} for 60 s`,
  ],
  [
    'they ask, and end nothing',
    { oldest_claimable_ms: 300_000, workers: [worker(500, 60_001)] },
    'stalled',
    `${noneEnded} for 60 s.`,
  ],
  [
    'they ask, and have never ended anything',
    { oldest_claimable_ms: 300_000, workers: [worker(500, null), worker(100, null)] },
    'stalled',
    `${noneEnded} within the last hour.`,
  ],
  [
    'one asks, another one ended something',
    { oldest_claimable_ms: 300_000, workers: [worker(500, null), worker(70_000, 59_000)] },
    'ok',
    'has waited for 5 min. Drains are at work.',
  ],
  [
    'what waits is held, for whatever long',
    { oldest_claimable_ms: null, held: { inactive: 1, paused: 2, throttled: 3, limited: 4 }, workers: [] },
    'ok',
    null,
  ],
  [
    'ages below zero: a clock was set back',
    { oldest_claimable_ms: -5, workers: [worker(-3000, -1)] },
    'ok',
    null,
  ],
  [
    'a drain in the future has asked just now',
    { oldest_claimable_ms: 61_000, workers: [worker(-900_000, -900_000)] },
    'ok',
    'Drains are at work.',
  ],
])('%s', (_, queue, status, warning) => {
  const { status: found, warnings } = report(queue);
  expect(found).toBe(status);
  if (warning === null) expect(warnings).toEqual([]);
  else expect(warnings.join()).toContain(warning);
});

it('ages below zero are told as none', () => {
  const { oldest_claimable_ms, drains, chores, drain } = report(
    {
      oldest_claimable_ms: -1,
      workers: [worker(-2, -3)],
      chores: [{ chore: 'c', last_success_ms: -4, last_failure_ms: null, error: null }],
    },
    { drain: { ...idle, lastExchangeMs: -5 } },
  );
  const ages = [
    oldest_claimable_ms,
    drains?.last_exchange_ms,
    drains?.last_settled_ms,
    chores?.[0]?.last_success_ms,
    drain.last_exchange_ms,
  ];
  expect(ages).toEqual([0, 0, 0, 0, 0]);
});

it('a process that has only begun is not blamed for a queue that nobody worked on, and says so', () => {
  const young = { uptimeMs: 59_000 };
  const left = { oldest_claimable_ms: 86_400_000 };
  const { status, warnings } = report({ ...left, workers: [] }, young);
  expect(status).toBe('ok');
  expect(warnings.join()).toContain('has waited for 24 h.');
  expect(warnings.join()).toContain('This process has only begun.');
  // Others ask and end nothing: that is no matter of its age.
  expect(report({ ...left, workers: [worker(10, null)] }, young).status).toBe('stalled');
});

it.each([
  ['late', 'has not answered in time'],
  ['unreachable', 'The Supabase API cannot be reached'],
  ['database_away', 'but its database does not'],
  ['key_refused', 'SUPABASE_SECRET_KEY is not accepted'],
  ['schema', 'apply the migrations'],
  ['failed', 'which the log names'],
] as const)(
  'without the database (%s): unavailable, why, and nothing that is not known',
  (problem, sentence) => {
    const answer = report(null, { problem });
    expect(answer.status).toBe('unavailable');
    expect(answer.warnings.join()).toContain(sentence);
    const { schema_version, oldest_claimable_ms, deliveries, held, drains, chores, jobs } = answer;
    expect([schema_version, oldest_claimable_ms, deliveries, held, drains, chores, jobs]).toEqual(
      Array(7).fill(null),
    );
    // What this process knows by itself is still told.
    expect(answer.drain.free_slots).toBe(2048);
  },
);

it('chores and jobs that fail are named, and are no reason for another status', () => {
  const failing = { last_failure_ms: 10, error: 'canceling statement due to lock timeout' };
  const { status, warnings, chores } = report({
    chores: [
      { chore: 'drop_partitions', last_success_ms: 7_200_000, ...failing },
      { chore: 'make_partitions', last_success_ms: null, ...failing },
    ],
    jobs: { running: 2, failed: 1 },
  });
  expect(status).toBe('ok');
  expect(warnings).toEqual([
    'The chore drop_partitions fails (last success 2 h ago): canceling statement due to lock timeout',
    'The chore make_partitions fails (it has never succeeded): canceling statement due to lock timeout',
    'A background job failed within a day.',
  ]);
  expect(chores?.[1]).toEqual({ chore: 'make_partitions', last_success_ms: null, error: failing.error });
});

it('what this process lacks is named', () => {
  const drain = { ...idle, concurrency: 120, failedExchanges: 3, lastExchangeMs: null };
  const { status, warnings, drain: told } = report({}, { drain });
  expect(status).toBe('ok');
  expect(warnings).toEqual([
    'The last 3 exchanges of this process with the database failed; it goes on trying.',
    'This process lacked sockets, descriptors or memory: it sends at most 120 at once instead of 2048, and more again as that succeeds.',
  ]);
  expect(told.last_exchange_ms).toBeNull();
});

it.each([
  ['older', '20250101000000', 'npm run migrate'],
  ['newer', '29990101000000', 'install the version'],
])('a database of a schema that is %s: unavailable, and what to do', (which, schema_version, cure) => {
  const answer = report({ schema_version });
  expect(answer.status).toBe('unavailable');
  expect(answer.warnings).toHaveLength(1);
  expect(answer.warnings[0]).toContain(`(${schema_version}) is ${which}`);
  expect(answer.warnings[0]).toContain(cure);
});
