import { maskText } from '@/lib/domain/masking';

/** What the log tells of an error. */
type ErrorFields = { type: string; message: string; code?: string; stack?: string[]; cause?: ErrorFields };

const most = { characters: 500, frames: 12, causes: 3 };

/**
 * An error for the log: its kind, code and sentence, where it was thrown, and its causes. Never what it was about:
 * paths and queries of addresses, values that the database or the parser quotes, keys and tokens are left out.
 */
export function errorFields(error: unknown, depth = 0): ErrorFields {
  if (!isRecord(error)) return { type: typeof error, message: safeText(String(error)) };
  const { name, message, code, stack, cause } = error;
  const kind = typeof name === 'string' && name !== '' ? name : (error.constructor?.name ?? 'Object');
  const isQuoting =
    kind === 'SyntaxError' || kind === 'ZodError' || (typeof code === 'string' && /^2[23]/.test(code));
  const text = typeof message === 'string' ? message : '';
  return {
    type: kind,
    message: safeText(isQuoting ? text.replace(quoted, '"…"') : text),
    ...(typeof code === 'string' && code !== '' ? { code } : {}),
    ...(typeof stack === 'string' && depth === 0 ? { stack: framesOf(stack) } : {}),
    ...(cause !== undefined && depth < most.causes ? { cause: errorFields(cause, depth + 1) } : {}),
  };
}

/** From the first quote to the last: what is quoted may hold quotes. */
const quoted = /["'].*["']|["'].*/s;
/** A sentence without what may be confidential in it, of a bounded length. */
export function safeText(text: string): string {
  // Cut first: no expression runs over a megabyte of somebody's page.
  const short = maskText(text.slice(0, 4 * most.characters));
  return short.length > most.characters ? `${short.slice(0, most.characters)}…` : short;
}

/** Only the frames: what comes before them repeats the message. */
function framesOf(stack: string): string[] {
  const frames = stack.split('\n', 200).filter((line) => /^\s+at /.test(line));
  return frames.slice(0, most.frames).map((line) => line.trim().slice(0, 300));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
