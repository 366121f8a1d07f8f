/** One event as a transform sees it. */
export type TransformInput = {
  /** The event's data as JSON text; the script gets it parsed, as `payload`. */
  payload: string;
  /** `event_type` in the script. */
  eventType: string;
  /** ISO 8601 time of the event; `timestamp` in the script. */
  timestamp: string;
};

export const consoleLevels = ['log', 'info', 'warn', 'error', 'debug'] as const;

/** One call of `console.*` in a script. Hostile text: show it as text only. */
export type ConsoleLine = { level: (typeof consoleLevels)[number]; text: string };

/** Why a script gave no result. */
export const transformErrorKinds = [
  'transform_syntax', // it does not parse, or is larger than 64 KiB
  'transform_error', // it threw
  'transform_timeout',
  'transform_memory',
  'transform_result', // it returned neither null nor an object or array that can be written as at most 256 KiB of JSON, 200 levels deep
  'transform_paused', // it was stopped by force too often, and rests for a while
  'transform_fault', // a fault of the engine ended its sandbox, and it rests for a while
] as const;
export type TransformErrorKind = (typeof transformErrorKinds)[number];

/** A script that could not be used, and where. `line` and `column` are 1-based in the person's own text. */
export type ScriptFault = { message: string; line?: number; column?: number };

/**
 * What one input came to. `dropped`: the script returned `null`, nothing is to be sent and nothing went wrong.
 * `json` is always `JSON.stringify(JSON.parse(json))`, an object or an array.
 */
export type TransformResult = { console: ConsoleLine[]; durationMs: number } & (
  | { ok: true; dropped: false; json: string }
  | { ok: true; dropped: true }
  | ({ ok: false; kind: TransformErrorKind } & ScriptFault)
);
