import { beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '@/lib/domain/job';
import { createJobs } from '@/lib/engine/jobs';
import { FakeClock } from '../support/fakeClock';
import { holdLog } from '../support/heldLog';

const job = (done: number, state: Job['state'] = 'running'): Job => ({
  id: 'job',
  kind: 'delete',
  webhook_id: null,
  done,
  total: null,
  state,
  error: null,
  created_at: '2024-01-15T10:30:00Z',
  updated_at: '2024-01-15T10:30:00Z',
  finished_at: null,
});

let clock: FakeClock;
/** When each step began, from the beginning of the test. */
let steps: number[];
let answers: (Job | null | Error)[];
let tookMs: number;
let started: number;

beforeEach(() => {
  clock = new FakeClock();
  started = clock.now();
  [steps, answers, tookMs] = [[], [], 0];
  holdLog();
});

const newJobs = () =>
  createJobs({
    clock,
    runStep: async () => {
      steps.push(clock.now() - started);
      if (tookMs > 0) await clock.sleep(tookMs).over;
      const answer = answers.shift() ?? null;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });

describe('background jobs', () => {
  it('are worked on step by step until there is none, with a rest nine times as long as each step', async () => {
    answers = [job(0), job(500), job(1000), job(1500, 'finished')];
    tookMs = 120;
    const work = newJobs().wake();
    await clock.advance(5000);
    await work;
    expect(steps).toEqual([0, 1200, 2400, 3600, 4800]);
  });

  it('that cannot go on at the moment are asked for again later', async () => {
    answers = [job(7), job(7), job(7), job(9)];
    void newJobs().wake();
    await clock.advance(5000);
    expect(steps).toEqual([0, 50, 100, 1100, 1150]);
  });

  it('that fail are tried again at growing distances, and left for a while after five times', async () => {
    answers = Array.from({ length: 9 }, () => new Error('refused'));
    const jobs = newJobs();
    const work = jobs.wake();
    await clock.advance(60_000);
    await work;
    expect(steps).toEqual([0, 1000, 3000, 7000, 15_000]);
    void jobs.notice();
    await clock.advance(0);
    expect(steps).toHaveLength(6);
  });

  it('are not asked for by every claim when there was none just now, but are when somebody makes one', async () => {
    const jobs = newJobs();
    await jobs.notice();
    await jobs.notice();
    expect(steps).toEqual([0]);
    await jobs.wake();
    expect(steps).toEqual([0, 0]);
    await clock.advance(1000);
    await jobs.notice();
    expect(steps).toEqual([0, 0, 1000]);
  });

  it('made while a step finds none are not missed', async () => {
    tookMs = 100;
    const jobs = newJobs();
    const work = jobs.wake();
    await clock.advance(50);
    void jobs.wake();
    answers = [null, job(1)];
    await clock.advance(3000);
    await work;
    expect(steps).toHaveLength(3);
  });

  it('end with the process', async () => {
    answers = [job(0), job(1), job(2)];
    const jobs = newJobs();
    const work = jobs.wake();
    await clock.settle();
    jobs.stop();
    await work;
    expect(steps).toEqual([0]);
    await jobs.wake();
    expect(steps).toEqual([0]);
  });
});
