import { hash } from 'node:crypto';
import type { ScriptFault, TransformInput, TransformResult } from '../domain/transform';
import { maxScriptBytes } from '../domain/webhook';
import { logger } from '../telemetry/logger';
import { countTransforms } from '../telemetry/metrics';
import { SandboxPool } from './pool';

/** Longest payload that a script is given, in characters of JSON: four times what an event may have. */
const payloadCharacters = 1024 * 1024;

/** One pool of each for the process, even where the bundler gives it several copies of this module. */
const poolKey = Symbol.for('devlink.transformSandbox');
/** Drafts have children of their own: whatever one does to them, no delivery waits for it. */
const draftPoolKey = Symbol.for('devlink.draftSandbox');
const shared = globalThis as { [poolKey]?: SandboxPool; [draftPoolKey]?: SandboxPool };

function pool(): SandboxPool {
  shared[poolKey] ??= abandonedAtExit(new SandboxPool());
  return shared[poolKey];
}

function draftPool(): SandboxPool {
  shared[draftPoolKey] ??= abandonedAtExit(new SandboxPool(true));
  return shared[draftPoolKey];
}

function abandonedAtExit(created: SandboxPool): SandboxPool {
  process.once('exit', () => created.abandon());
  return created;
}

/**
 * Runs a script on each input, in a process of its own that is killed when it oversteps. A failing script is a
 * result, not an exception: one result per input, in order. Inputs of one call share a context unless `isolated`, or
 * until the script leaves something behind, as far as that is noticed (docs/security.md); nothing else ever shares one.
 * @param job.key whose script it is, the webhook's id, or `preview:…`: keys take turns and are judged apart
 * @throws Error when the sandbox itself cannot be started, or was closed meanwhile; RangeError when an event type is megabytes long
 */
export async function runTransforms(job: {
  key: string;
  script: string;
  inputs: TransformInput[];
  isolated?: boolean;
}): Promise<TransformResult[]> {
  const { key, script, inputs, isolated = false } = job;
  if (inputs.length === 0) return [];
  const oversized = scriptTooLarge(script);
  const refused =
    oversized ??
    (inputs.some((input) => input.payload.length > payloadCharacters) ? payloadTooLarge : undefined);
  if (refused) {
    const kind = oversized ? 'transform_syntax' : 'transform_error';
    return inputs.map(() => ({ ok: false, kind, ...refused, console: [], durationMs: 0 }));
  }
  const results = await pool().run({ kind: 'run', key, script, inputs, isolated });
  countTransforms(results);
  return results;
}

/**
 * Runs a draft on one payload, apart from all that is sent and at low priority: nothing of it counts in the metrics, nor
 * against the live script.
 * @throws Error when the sandbox itself cannot be started, or was closed meanwhile
 */
export async function runDraft(draft: {
  id: string;
  script: string;
  input: TransformInput;
}): Promise<TransformResult | undefined> {
  const { id, script, input } = draft;
  if (input.payload.length > payloadCharacters) return undefined;
  const task = { kind: 'run', key: id, script, isolated: true, isDraft: true } as const;
  const [result] = await draftPool().run({ ...task, inputs: [input] });
  return result;
}

/**
 * Checks a script's size and syntax without running it. `line` and `column` are 1-based in the given text.
 * @param caller who or what asks, a webhook's id: callers take turns, and one whose check had to be stopped by force
 *   waits behind the others from then on. Without one, the script stands for itself.
 * @throws Error when the sandbox itself cannot be started, or was closed meanwhile
 */
export async function checkScript(
  script: string,
  caller: string = hash('sha256', script),
): Promise<{ ok: true } | ({ ok: false } & ScriptFault)> {
  const oversized = scriptTooLarge(script);
  if (oversized) return { ok: false, ...oversized };
  const task = { kind: 'check', key: `check:${caller}`, script, inputs: [], isolated: true } as const;
  const [result] = await pool().run({ ...task, inputs: [] });
  if (!result || result.ok) return { ok: true };
  const { message, line, column } = result;
  return { ok: false, message, line, column };
}

/**
 * Starts a first child: which walls stand is known and said as the application starts, and so is a sandbox that does not
 * start at all. Never rejects.
 */
export async function openSandbox(): Promise<void> {
  try {
    await checkScript('return null');
  } catch (error) {
    logger().error({ err: error }, 'the transform sandbox does not start');
  }
}

/** Ends the child processes; resolves when they are gone. Unfinished runs reject; a later run starts anew. */
export async function closeSandbox(): Promise<void> {
  await Promise.all([shared[poolKey]?.close(), shared[draftPoolKey]?.close()]);
}

const payloadTooLarge: ScriptFault = { message: 'The payload is larger than 1 MiB.' };

function scriptTooLarge(script: string): ScriptFault | undefined {
  const bytes = Buffer.byteLength(script);
  if (bytes <= maxScriptBytes) return undefined;
  return { message: `The script has ${bytes} bytes; at most ${maxScriptBytes} are allowed.` };
}
