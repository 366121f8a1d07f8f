import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { playwrightCounts, vitestCounts } from '../../scripts/testing/counts';

const dir = mkdtempSync(path.join(os.tmpdir(), 'devlink-counts-'));
afterAll(() => rmSync(dir, { recursive: true }));

function report(content: object): string {
  const file = path.join(dir, 'report.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

describe('the tally of a test run', () => {
  const testFile = (status: string, ...tests: string[]) => ({
    status,
    assertionResults: tests.map((outcome) => ({ status: outcome })),
  });

  it('counts todo and pending tests as skipped', () => {
    const testResults = [
      testFile('passed', 'passed', 'todo', 'pending'),
      testFile('failed', 'passed', 'failed', 'skipped'),
    ];
    expect(vitestCounts(report({ testResults }), 1)).toEqual({ passed: 2, failed: 1, skipped: 3 });
  });

  it('counts the tests of a file that could not begin as failures', () => {
    const testResults = [testFile('failed', 'pending', 'pending'), testFile('failed')];
    expect(vitestCounts(report({ testResults }), 1)).toEqual({ passed: 0, failed: 3, skipped: 0 });
  });

  it('counts a runner that failed without a failed test, or without a report, as a failure', () => {
    expect(vitestCounts(report({ testResults: [testFile('passed', 'passed')] }), 1).failed).toBe(1);
    expect(vitestCounts(path.join(dir, 'missing.json'), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('reads what Playwright expected, did not expect and skipped', () => {
    const file = report({ stats: { expected: 3, unexpected: 0, flaky: 1, skipped: 2 } });
    expect(playwrightCounts(file, 0)).toEqual({ passed: 4, failed: 0, skipped: 2 });
  });
});
