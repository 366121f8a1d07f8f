import { hash } from 'node:crypto';
import { remembered } from '@/lib/domain/remembered';
import type { TransformInput, TransformResult } from '@/lib/domain/transform';
import { runTransforms } from '@/lib/sandbox/transformSandbox';
import { logger } from '@/lib/telemetry/logger';
import { countOwnLack } from '@/lib/telemetry/metrics';

/** Payloads of one webhook that share one run of the sandbox, at most. */
const longestRun = 50;
/** Milliseconds that a run should take: neither its own results nor other webhooks' wait for a slow script's fifty. */
const goodRunMs = 20;

type Waiting = {
  input: TransformInput;
  /** By `performance.now()`: afterwards it is too late to send. */
  deadline: number;
  resolve: (result: TransformResult | null) => void;
};

/** What waits for one version of a webhook's script. */
type Line = { script: string; waiting: Waiting[] };

const lines = new Map<string, Line>();

/** How many payloads a script's next run takes, by what the last one came to: one while nothing is known, or was forgotten. */
const runLengths = remembered(5000, (_webhookAndScript) => ({ next: 1 }));

/**
 * Runs a webhook's script on a payload. One run per webhook at a time: what comes meanwhile shares the next one,
 * because a run's own context costs ten times what a payload does. Resolves with null when the deadline passed before
 * its turn, and when the sandbox itself does not run (no process, no descriptors): a lack of our own, never the
 * script's fault. Nothing may go out then, least of all the payload as it was: the delivery is to be claimed again.
 * @param deadline by `performance.now()`: afterwards it is too late to send
 */
export function transform(
  webhookId: string,
  script: string,
  input: TransformInput,
  deadline: number,
): Promise<TransformResult | null> {
  return new Promise((resolve) => {
    const line = lines.get(webhookId);
    if (line?.script === script) {
      line.waiting.push({ input, deadline, resolve });
      return;
    }
    const opened = { script, waiting: [{ input, deadline, resolve }] };
    lines.set(webhookId, opened);
    // The rest of a claim is in line before its first run begins.
    queueMicrotask(() => void serve(webhookId, opened));
  });
}

async function serve(webhookId: string, line: Line): Promise<void> {
  const runLength = runLengths(`${webhookId} ${hash('sha256', line.script)}`);
  while (line.waiting.length > 0) {
    const served = line.waiting.splice(0, runLength.next).filter(isInTime);
    if (served.length === 0) continue;
    const inputs = served.map(({ input }) => input);
    const results = await runTransforms({ key: webhookId, script: line.script, inputs }).catch(report);
    for (const [index, { resolve }] of served.entries()) resolve(results[index] ?? null);
    runLength.next = lengthAfter(results, served.length);
  }
  if (lines.get(webhookId) === line) lines.delete(webhookId);
}

/** A sandbox that cannot keep up works on what can still be sent. */
function isInTime({ deadline, resolve }: Waiting): boolean {
  const inTime = performance.now() < deadline;
  if (!inTime) resolve(null);
  return inTime;
}

/** One after any failure: of a script that hangs or throws, the others in its run would pay for it. */
function lengthAfter(results: TransformResult[], asked: number): number {
  if (results.length < asked || results.some(({ ok }) => !ok)) return 1;
  const eachMs = results.reduce((sum, { durationMs }) => sum + durationMs, 0) / asked;
  // No time at all divides to infinity, and is as good as very little.
  return Math.max(1, Math.min(longestRun, Math.floor(goodRunMs / eachMs)));
}

const reportEveryMs = 10_000;
let reportedAt = Number.NEGATIVE_INFINITY;

function report(error: unknown): TransformResult[] {
  countOwnLack('sandbox');
  // Every webhook with a script fails alike: one of them says it for all.
  if (performance.now() - reportedAt < reportEveryMs) return [];
  reportedAt = performance.now();
  logger().error({ err: error }, 'the transform sandbox does not run; the deliveries will be claimed again');
  return [];
}
