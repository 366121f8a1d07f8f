import type { TransformInput, TransformResult } from '@/lib/domain/transform';
import { runTransforms } from '@/lib/sandbox/transformSandbox';

/** Payloads of one webhook that share one run of the sandbox, at most. */
const longestRun = 50;

type Waiting = { input: TransformInput; resolve: (result: TransformResult | null) => void };

/** What waits for one version of a webhook's script. */
type Line = { script: string; waiting: Waiting[] };

const lines = new Map<string, Line>();

/**
 * Runs a webhook's script on a payload. One run per webhook at a time: what comes meanwhile shares the next one,
 * because a run's own context costs ten times what a payload does. Resolves with null when the sandbox does not
 * start: nothing may go out then, never the payload as it was.
 */
export function transform(
  webhookId: string,
  script: string,
  input: TransformInput,
): Promise<TransformResult | null> {
  return new Promise((resolve) => {
    const line = lines.get(webhookId);
    if (line?.script === script) {
      line.waiting.push({ input, resolve });
      return;
    }
    const opened = { script, waiting: [{ input, resolve }] };
    lines.set(webhookId, opened);
    // The rest of a claim is in line before its first run begins.
    queueMicrotask(() => void serve(webhookId, opened));
  });
}

async function serve(webhookId: string, line: Line): Promise<void> {
  while (line.waiting.length > 0) {
    const served = line.waiting.splice(0, longestRun);
    const inputs = served.map(({ input }) => input);
    const results = await runTransforms({ key: webhookId, script: line.script, inputs }).catch(report);
    for (const [index, { resolve }] of served.entries()) resolve(results[index] ?? null);
  }
  if (lines.get(webhookId) === line) lines.delete(webhookId);
}

function report(error: unknown): TransformResult[] {
  console.error('the transform sandbox does not run; the deliveries will be claimed again', error);
  return [];
}
