import { expect, test } from 'vitest';
import { shownJobs } from '@/components/deliveries/replay/shownJobs';
import type { Job } from '@/lib/domain/job';

const now = Date.parse('2026-01-15T10:00:00Z');
const job = (id: string, webhook_id: string | null, endedSecondsAgo: number | null): Job => {
  const finished_at = endedSecondsAgo === null ? null : new Date(now - endedSecondsAgo * 1000).toISOString();
  const state = finished_at ? 'finished' : 'running';
  const at = '2026-01-15T09:00:00Z';
  return {
    id,
    kind: 'replay',
    webhook_id,
    done: 1,
    total: null,
    state,
    error: null,
    created_at: at,
    updated_at: at,
    finished_at,
  };
};
const none = new Set<string>();
const ids = (jobs: Job[]) => jobs.map(({ id }) => id).join('');

test('a webhook shows its own jobs and those of all webhooks; a list of all shows every one', () => {
  const jobs = [job('a', 'one', null), job('b', 'two', null), job('c', null, null)];
  expect(ids(shownJobs(jobs, 'one', now, none))).toBe('ac');
  expect(ids(shownJobs(jobs, 'three', now, none))).toBe('c');
  expect(ids(shownJobs(jobs, undefined, now, none))).toBe('abc');
});

test('a job that had ended within the minute before the page was opened is shown', () => {
  const jobs = [job('a', 'one', 59), job('b', 'one', 61), job('c', 'one', 0)];
  expect(ids(shownJobs(jobs, 'one', now, none))).toBe('ac');
});

test('one that had nothing to do is not shown; one that failed is, and whatever was shown stays', () => {
  const idle = { ...job('a', 'one', 1), done: 0 };
  expect(ids(shownJobs([idle, { ...idle, id: 'b', state: 'failed' }], 'one', now, none))).toBe('b');
  expect(ids(shownJobs([idle, job('c', 'one', 61)], 'one', now, new Set(['a', 'c'])))).toBe('ac');
});
