import { compileFunction } from 'node:vm';
import type { ConsoleLine, ScriptFault, TransformErrorKind } from '../../domain/transform.ts';
import { sandboxLimits, scriptFileName } from '../limits.ts';
import type { GuestOutcome } from './guest.ts';

/** Why an input came to nothing. */
export type Failure = { kind: TransformErrorKind } & ScriptFault;
/** What an input came to, before anybody looked at the clock. */
export type Ending = { console: ConsoleLine[] } & Verdict;
type Verdict =
  | { ok: true; dropped: false; json: string }
  | { ok: true; dropped: true }
  | ({ ok: false } & Failure);

/** Names that the script has in scope, in the order of the harness's arguments. */
const parameters = ['payload', 'event_type', 'timestamp'];
/** `new Function` puts this many lines before the person's text. */
const linesBefore = 2;
const position = new RegExp(`${scriptFileName.replace('.', '\\.')}:(\\d+):(\\d+)`);

/**
 * Reads what the harness answered. The text comes from the guest: it is parsed, measured and written anew.
 * Undefined when the run never came to its end.
 */
export function readOutcome(text: string, script: string): Ending | undefined {
  const [status, result, message, frames, lines] = JSON.parse(text) as GuestOutcome;
  const console = lines.map(([level, line]) => ({ level, text: line }) as ConsoleLine);
  switch (status) {
    case 'unfinished':
      return undefined;
    case 'dropped':
      return { ok: true, dropped: true, console };
    case 'ok':
      return { ...writtenAnew(result, text), console };
    case 'error':
      return { ok: false, kind: 'transform_error', message, ...placeOf(frames, script), console };
    default:
      return { ok: false, kind: 'transform_result', message, ...placeOf(frames, script), console };
  }
}

/** The console lines of a run that did not come to its end. */
export function readConsole(text: string): ConsoleLine[] {
  const [, , , , lines] = JSON.parse(text) as GuestOutcome;
  return lines.map(([level, line]) => ({ level, text: line }) as ConsoleLine);
}

function writtenAnew(result: unknown, source: string): Verdict {
  const { outputBytes, outputDepth } = sandboxLimits;
  const refuse = (message: string) => ({ ok: false, kind: 'transform_result', message }) as const;
  if (nesting(source) - 1 > outputDepth)
    return refuse(`The result is nested more than ${outputDepth} levels deep.`);
  const json = JSON.stringify(result);
  if (Buffer.byteLength(json) > outputBytes)
    return refuse(`The result is larger than ${outputBytes / 1024} KiB.`);
  return { ok: true, dropped: false, json };
}

/** Deepest nesting of brackets in a JSON text. */
function nesting(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (code === 0x22) index = endOfString(json, index);
    else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
}

function endOfString(json: string, start: number): number {
  for (let index = start + 1; index < json.length; index++) {
    const code = json.charCodeAt(index);
    if (code === 0x5c) index++;
    else if (code === 0x22) return index;
  }
  return json.length;
}

/** The topmost stack frame that lies in the person's text. */
function placeOf(frames: string, script: string): Pick<ScriptFault, 'line' | 'column'> {
  const match = position.exec(frames);
  const line = Number(match?.[1]) - linesBefore;
  const text = script.split('\n')[line - 1];
  if (!match || text === undefined) return {};
  return { line, column: Math.min(Number(match[2]), text.length + 1) };
}

/**
 * Where the syntax error is that `new Function` found in the isolate: it does not tell, Node's own compiler
 * does. Nothing of the script is executed here.
 */
export function syntaxFault(script: string, refusal: string): ScriptFault {
  try {
    compileFunction(script, parameters, { filename: scriptFileName });
  } catch (error) {
    if (error instanceof SyntaxError)
      return { message: explained(error.message), ...placeOfSyntax(error, script) };
  }
  return { message: explained(refusal) };
}

/** Node writes `file:line`, the line, and `^^^` below the place; no mark means the end of the text. */
function placeOfSyntax(error: SyntaxError, script: string): Pick<ScriptFault, 'line' | 'column'> {
  const [head = '', , mark = ''] = error.stack?.split('\n', 3) ?? [];
  const line = Number(head.slice(head.lastIndexOf(':') + 1));
  const text = script.split('\n')[line - 1];
  if (text === undefined) return {};
  if (/^\s*\^/.test(mark)) return { line, column: mark.indexOf('^') + 1 };
  return error.message === 'Unexpected end of input' ? { line, column: text.length + 1 } : { line };
}

function explained(message: string): string {
  if (message.includes('await is only valid')) return 'Transforms are synchronous: await cannot be used.';
  const text = message.replace(/^SyntaxError: /, '');
  // V8 quotes a regular expression that it refuses in full.
  const { messageLength } = sandboxLimits;
  return text.length > messageLength ? `${text.slice(0, messageLength)}…` : text;
}
