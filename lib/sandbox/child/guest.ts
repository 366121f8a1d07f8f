/** What the guest needs to know of the limits; it cannot import them. */
type GuestLimits = {
  outputBytes: number;
  messageLength: number;
  consoleLines: number;
  consoleLineLength: number;
  consoleLength: number;
};

/** The harness as the child reaches it, from outside the context. Everything crosses as text. */
export type GuestHarness = {
  /** Takes the script. Returns '' or why `new Function` refused it. */
  compile: (body: string) => string;
  /** Runs it once. Returns a `GuestOutcome` as JSON text, or '' without a run: the run before left something behind. */
  run: (payload: string, eventType: string, timestamp: string) => string;
  /** The outcome of the last run, however it ended. */
  last: () => string;
};

/** [status, result, error message, stack frames, console lines]; the result is there when the status is 'ok'. */
export type GuestOutcome = [
  status: 'ok' | 'dropped' | 'error' | 'result' | 'unfinished',
  result: unknown,
  message: string,
  frames: string,
  console: [level: string, text: string][],
];

/**
 * Runs **inside the isolate**, before any guest code, in each fresh context: its source text is compiled
 * there, so it may use nothing from outside its own braces. After this function has returned, every built-in
 * may have been replaced by the guest: only captured functions, own properties and operators on primitives
 * are safe; no iteration, no spread, no array or object literal that a setter on a prototype could see.
 */
export function guestHarness(limits: GuestLimits, fileName: string): GuestHarness {
  const { parse, stringify } = JSON;
  const { getOwnPropertySymbols } = Object;
  const global = globalThis;
  const FunctionConstructor = Function;
  const call = Function.prototype.call;
  const slice: (text: string, start: number, end: number) => string = call.bind(String.prototype.slice);
  const indexOf: (text: string, part: string) => number = call.bind(String.prototype.indexOf);
  const objectToString: (value: object) => string = call.bind(Object.prototype.toString);
  const exec: (pattern: RegExp, text: string) => unknown = call.bind(RegExp.prototype.exec);
  const nothing = /(?:)/;
  const hugeText = 1 << 16;

  const allowedGlobals = new Set(
    (
      'Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date ' +
      'Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError ' +
      'SuppressedError globalThis JSON Math Intl Map BigInt Set Iterator WeakMap WeakSet Proxy Reflect ' +
      'decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape eval isFinite isNaN'
    ).split(' '),
  );
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    if (!allowedGlobals.has(name)) Reflect.deleteProperty(globalThis, name);
  }

  /** The global, what it names, and their prototypes. What comes with the language is not enumerable, but for this one. */
  Object.defineProperty(Error, 'stackTraceLimit', { enumerable: false });
  const watched: object[] = [global];
  for (const name of Object.getOwnPropertyNames(global)) {
    const value: unknown = read(global, name);
    if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) continue;
    const prototype: unknown = read(value, 'prototype');
    watched.push(value);
    if (typeof prototype === 'object' && prototype !== null) watched.push(prototype);
  }

  let lines = '';
  let lineCount = 0;
  let lineLength = 0;
  let isRecording = false;
  let outcome = '';

  /** Never makes a flat copy of a huge text: that alone can exhaust the memory. */
  function bounded(text: string, length: number): string {
    if (text.length <= length) return text;
    if (text.length > hugeText) return `(a text of ${text.length} characters)`;
    return `${slice(text, 0, length)}…`;
  }

  function printable(value: unknown): string {
    switch (typeof value) {
      case 'string':
        return bounded(value, limits.consoleLineLength);
      case 'object': {
        if (value === null) return 'null';
        if (objectToString(value) === '[object Error]') return errorText(value);
        const json: unknown = stringify(value);
        return typeof json === 'string' ? bounded(json, limits.consoleLineLength) : '(nothing to show)';
      }
      case 'bigint':
        return `${value}n`;
      case 'function':
        return '(a function)';
      case 'symbol':
        return '(a symbol)';
      default:
        return `${value}`;
    }
  }

  /** Showing a value may run the guest's getters: what these log is left out, or it would pass every bound. */
  function record(level: string, values: unknown[]): void {
    if (isRecording) return;
    isRecording = true;
    try {
      addLine(level, values);
    } finally {
      isRecording = false;
    }
  }

  function addLine(level: string, values: unknown[]): void {
    if (lineCount > limits.consoleLines || lineLength > limits.consoleLength) return;
    let text = '';
    if (lineCount === limits.consoleLines || lineLength === limits.consoleLength)
      text = '… (the rest is left out)';
    else {
      for (let index = 0; index < values.length && text.length <= limits.consoleLineLength; index++) {
        let part = '(cannot be shown)';
        try {
          part = printable(values[index]);
        } catch {}
        text += index === 0 ? part : ` ${part}`;
      }
      text = bounded(text, limits.consoleLineLength);
      const room = limits.consoleLength - lineLength;
      if (text.length > room) text = slice(text, 0, room);
    }
    lineCount++;
    lineLength += text.length;
    lines += `${lines === '' ? '' : ','}["${level}",${stringify(text)}]`;
  }

  const guestConsole: Record<string, unknown> = {};
  for (const [name, level] of Object.entries({
    log: 'log',
    info: 'info',
    warn: 'warn',
    error: 'error',
    debug: 'debug',
    trace: 'debug',
    dir: 'log',
    table: 'log',
  })) {
    guestConsole[name] = (...values: unknown[]) => record(level, values);
  }
  Object.defineProperty(globalThis, 'console', {
    value: guestConsole,
    writable: true,
    configurable: true,
    enumerable: false,
  });

  /** True when an assignment left something on what outlives a run. Takes 2 µs. */
  function isLittered(): boolean {
    for (let index = 0; index < watched.length; index++) {
      for (const _ in watched[index]) return true;
    }
    for (const _ in transform) return true;
    return getOwnPropertySymbols(global).length > 0;
  }

  function read(value: object, key: string): unknown {
    return (value as Record<string, unknown>)[key];
  }

  /** Reading a thrown value may run the guest's getters and traps: that is why it is done in here. */
  function ownText(value: object, key: 'name' | 'message' | 'stack'): string {
    try {
      const text: unknown = read(value, key);
      return typeof text === 'string' ? text : '';
    } catch {
      return '';
    }
  }

  /** 'Name: message' of anything that looks like an error, else ''. */
  function errorText(value: object): string {
    const name = ownText(value, 'name');
    const message = ownText(value, 'message');
    if (name === '' && message === '') return '';
    if (name === '' || message === '') return bounded(name === '' ? message : name, limits.messageLength);
    return `${bounded(name, 100)}: ${bounded(message, limits.messageLength)}`;
  }

  function thrownText(thrown: unknown): string {
    if (typeof thrown === 'string') return bounded(thrown, limits.messageLength);
    if (thrown === null || thrown === undefined) return `${thrown} was thrown`;
    if (typeof thrown === 'number' || typeof thrown === 'boolean') return `${thrown} was thrown`;
    const text = typeof thrown === 'object' ? errorText(thrown) : '';
    return text === '' ? `a value of type ${typeof thrown} was thrown` : text;
  }

  function frames(thrown: unknown): string {
    if (typeof thrown !== 'object' || thrown === null) return '';
    const stack = ownText(thrown, 'stack');
    if (stack === '' || stack.length > 16 * hugeText) return '';
    const start = indexOf(stack, '\n    at ');
    return start === -1 ? '' : slice(stack, start, start + 1000);
  }

  function finish(status: GuestOutcome[0], result: string, message: string, stack: string): string {
    outcome = `["${status}",${result},${stringify(message)},${stringify(stack)},[${lines}]]`;
    return outcome;
  }

  /** What is wrong with a returned value, or ''. */
  function refusal(value: unknown): string {
    const want = 'return an object or an array';
    if (value === undefined)
      return `The script returned nothing: ${want}, or null to send nothing on purpose.`;
    if (value === null) return '';
    if (typeof value !== 'object') return `The script returned a ${typeof value}: ${want}.`;
    if (typeof read(value, 'then') !== 'function') return '';
    return `The script returned a promise: transforms are synchronous, ${want} without async or await.`;
  }

  let transform: ((payload: unknown, eventType: string, timestamp: string) => unknown) | undefined;

  return {
    compile(body) {
      try {
        transform = new FunctionConstructor(
          'payload',
          'event_type',
          'timestamp',
          `${body}\n//# sourceURL=${fileName}`,
        ) as typeof transform;
        return '';
      } catch (thrown) {
        return thrownText(thrown);
      }
    },

    run(payload, eventType, timestamp) {
      // Looked at now, not when the run before ended: its promises had a turn meanwhile.
      if (isLittered()) return '';
      // RegExp remembers the last match: $1, lastMatch and their like.
      exec(nothing, '');
      lines = '';
      lineCount = 0;
      lineLength = 0;
      outcome = '';
      let value: unknown;
      try {
        value = transform?.(parse(payload), eventType, timestamp);
        const refused = refusal(value);
        if (refused !== '') return finish('result', 'null', refused, '');
        if (value === null) return finish('dropped', 'null', '', '');
      } catch (thrown) {
        return finish('error', 'null', thrownText(thrown), frames(thrown));
      }
      try {
        const json: unknown = stringify(value);
        if (typeof json !== 'string' || (json[0] !== '{' && json[0] !== '[')) {
          return finish(
            'result',
            'null',
            'The result is not an object or an array once written as JSON.',
            '',
          );
        }
        if (json.length > limits.outputBytes) {
          return finish('result', 'null', `The result is larger than ${limits.outputBytes / 1024} KiB.`, '');
        }
        return finish('ok', json, '', '');
      } catch (thrown) {
        const text = thrownText(thrown);
        return finish('result', 'null', `The result cannot be written as JSON: ${text}`, frames(thrown));
      }
    },

    last: () => (outcome === '' ? finish('unfinished', 'null', '', '') : outcome),
  };
}
