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
  it('counts todo and pending tests as skipped', () => {
    const file = report({ numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 });
    expect(vitestCounts(file, 1)).toEqual({ passed: 5, failed: 1, skipped: 3 });
  });

  it('counts a runner that failed without a failed test, or without a report, as a failure', () => {
    expect(vitestCounts(report({ numPassedTests: 5, numFailedTests: 0 }), 1).failed).toBe(1);
    expect(vitestCounts(path.join(dir, 'missing.json'), 0)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('reads what Playwright expected, did not expect and skipped', () => {
    const file = report({ stats: { expected: 3, unexpected: 0, flaky: 1, skipped: 2 } });
    expect(playwrightCounts(file, 0)).toEqual({ passed: 4, failed: 0, skipped: 2 });
  });
});
