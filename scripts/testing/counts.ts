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
function withExit(counts: Counts | null | undefined, exitCode: number): Counts {
  if (!counts) return one('failed');
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

interface VitestFile {
  status: string;
  assertionResults: { status: string }[];
}

/** One test file. When it could not load or its set-up failed, no test in it ran: then they all failed. */
function fileCounts({ status, assertionResults }: VitestFile): Counts {
  const having = (...outcomes: string[]) =>
    assertionResults.filter((test) => outcomes.includes(test.status)).length;
  const passed = having('passed');
  const failed = having('failed');
  const skipped = having('skipped', 'pending', 'todo', 'disabled');
  if (status !== 'failed' || failed > 0) return { passed, failed, skipped };
  return { passed, failed: Math.max(1, skipped), skipped: 0 };
}

/** Reads Vitest's JSON report. */
export function vitestCounts(file: string, exitCode: number): Counts {
  const report = readReport<{ testResults: VitestFile[] }>(file);
  return withExit(report?.testResults.map(fileCounts).reduce(add, nothing), exitCode);
}

/** Reads Playwright's JSON report. */
export function playwrightCounts(file: string, exitCode: number): Counts {
  const stats = readReport<{ stats: Record<string, number> }>(file)?.stats;
  if (!stats) return withExit(null, exitCode);
  const { expected = 0, flaky = 0, unexpected = 0, skipped = 0 } = stats;
  return withExit({ passed: expected + flaky, failed: unexpected, skipped }, exitCode);
}
