/** What one script may use. The child and its parent share these; sizes in bytes, times in milliseconds. */
export const sandboxLimits = {
  /** Heap of one script's isolate, in MB. */
  isolateMemoryMb: 64,
  /** CPU time of one payload. */
  cpuMs: 100,
  /** Longest silence of a child that has work, before it is killed. */
  wallMs: 1000,
  /** Resident set of a child at which it is killed. */
  residentBytes: 400 * 1024 * 1024,
  /** Result of one payload, as UTF-8 JSON. */
  outputBytes: 256 * 1024,
  /** Deepest nesting of a result; that of an event's payload. */
  outputDepth: 200,
  /** Characters of one error message. */
  messageLength: 1000,
  consoleLines: 100,
  /** Characters of one console line, and of all lines of one payload. */
  consoleLineLength: 2000,
  consoleLength: 16_000,
  /** Longest frame between parent and child. */
  frameBytes: 8 * 1024 * 1024,
  /** A job gives way to other webhooks after this long; the rest of it queues again. */
  sliceMs: 50,
  /** Warm isolates that a child keeps. */
  warmIsolates: 48,
} as const;

/** Name under which a person's script appears in stack traces. */
export const scriptFileName = 'transform.js';
