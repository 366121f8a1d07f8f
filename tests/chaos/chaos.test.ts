import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ChaosReport, runChaos } from './chaosRun.ts';
import { reportText } from './report.ts';

const seed = 20_260_115;
let report: ChaosReport;
beforeAll(async () => {
  report = await runChaos({
    kills: 6,
    seed,
    drains: 2,
    minutes: 1,
    pause: [2000, 3000],
    calmMs: 6000,
    quietMs: 60_000,
    first: ['stop', 'sandbox', 'app', 'backend', 'drain', 'postgres'],
    say: () => {},
  });
}, 300_000); // what it promises has limits of its own; the rest is starting, stopping and reading the books
afterAll(() => console.log(`seed ${seed}\n${report ? reportText(report) : ''}`));

it('one kill of each kind: what was accepted is delivered or failed with a reason, and the books balance', () => {
  expect(report.killed).toEqual({ app: 1, drain: 1, postgres: 1, backend: 1, sandbox: 1, stop: 1 });
  expect(report.checks.filter(({ faults }) => faults.length > 0)).toEqual([]);
  expect(report.checks.filter(({ checked }) => checked === 0)).toEqual([]);
  expect(report.quietSeconds).not.toBeNull();
  expect(report.load.accepted.length).toBeGreaterThan(200);
});
