import { readFileSync } from 'node:fs';

/** How many tests passed, failed and were skipped. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export const nothing: Counts = { passed: 0, failed: 0, skipped: 0 };

export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** A step that is one test in itself. */
export function one(outcome: keyof Counts): Counts {
  return { ...nothing, [outcome]: 1 };
}

function readReport<T>(file: string): T | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return null;
  }
}

/** A runner that failed without a failed test (it crashed, a file did not load) counts as one failure. */
function withExit(counts: Counts | null, exitCode: number): Counts {
  if (!counts) return one('failed');
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

/** Reads Vitest's JSON report. */
export function vitestCounts(file: string, exitCode: number): Counts {
  const report = readReport<Record<string, number>>(file);
  if (!report) return withExit(null, exitCode);
  const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = report;
  const skipped = numPendingTests + numTodoTests;
  return withExit({ passed: numPassedTests, failed: numFailedTests, skipped }, exitCode);
}

/** Reads Playwright's JSON report. */
export function playwrightCounts(file: string, exitCode: number): Counts {
  const stats = readReport<{ stats: Record<string, number> }>(file)?.stats;
  if (!stats) return withExit(null, exitCode);
  const { expected = 0, flaky = 0, unexpected = 0, skipped = 0 } = stats;
  return withExit({ passed: expected + flaky, failed: unexpected, skipped }, exitCode);
}
