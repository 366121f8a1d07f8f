/**
 * The process in which scripts run: started by `SandboxProcess` (process.ts), spoken to over stdin and stdout, killed
 * whenever in doubt. It answers one request at a time and keeps the isolates of the latest scripts warm.
 */
import { LRUCache } from 'lru-cache';
import type { TransformInput, TransformResult } from '../../domain/transform.ts';
import type { Frame } from '../frames.ts';
import { sandboxLimits } from '../limits.ts';
import { SandboxIsolate } from './isolate.ts';
import { send, serve } from './serve.ts';

/** A result goes out before the next input runs, once the last one went out this long ago. */
const flushMs = 5;
const flushBytes = 512 * 1024;

const isolates = new LRUCache<string, SandboxIsolate>({
  max: sandboxLimits.warmIsolates,
  dispose: (isolate) => isolate.dispose(),
});

function isolateOf(script: string): SandboxIsolate {
  const known = isolates.get(script);
  if (known) return known;
  const isolate = new SandboxIsolate(script);
  isolates.set(script, isolate);
  return isolate;
}

/** Six texts a result; see `readResults` for the other end. */
function resultTexts(result: TransformResult): string[] {
  const lines = result.console.length === 0 ? '' : JSON.stringify(result.console);
  const duration = String(result.durationMs);
  if (result.ok)
    return result.dropped
      ? ['dropped', '', '', '', lines, duration]
      : ['ok', result.json, '', '', lines, duration];
  const { kind, message, line = '', column = '' } = result;
  return [kind, message, String(line), String(column), lines, duration];
}

/** ['run', shared or fresh, script, then payload, event type and timestamp of each input]. */
function run([, context, script = '', ...texts]: Frame): void {
  const started = performance.now();
  const isolate = isolateOf(script);
  let pending: Frame = [];
  let pendingBytes = 0;
  let flushed = started;
  for (let index = 0; index + 2 < texts.length; index += 3) {
    const now = performance.now();
    if (index > 0 && now - started > sandboxLimits.sliceMs) break;
    if (pending.length > 0 && (now - flushed > flushMs || pendingBytes > flushBytes)) {
      send(['results', ...pending]);
      [pending, pendingBytes, flushed] = [[], 0, now];
    }
    const [payload = '', eventType = '', timestamp = ''] = texts.slice(index, index + 3);
    const input: TransformInput = { payload, eventType, timestamp };
    const result = isolate.run(input);
    if (context === 'fresh') isolate.leave();
    const answer = resultTexts(result);
    pending.push(...answer);
    pendingBytes += answer.reduce((sum, text) => sum + text.length, 0);
  }
  isolate.leave();
  send(['done', ...pending]);
  if (performance.now() - started > flushMs && isolate.isHeavy()) isolate.dispose();
}

/** ['check', script]: one result, 'dropped' or the failure. */
function check([, script = '']: Frame): void {
  const isolate = new SandboxIsolate(script);
  const failure = isolate.check();
  const shared = { console: [], durationMs: 0 };
  const result: TransformResult = failure
    ? { ok: false, ...failure, ...shared }
    : { ok: true, dropped: true, ...shared };
  send(['done', ...resultTexts(result)]);
  isolate.dispose();
}

serve((frame) => (frame[0] === 'check' ? check(frame) : run(frame)));
