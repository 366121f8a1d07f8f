import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { TransformInput } from '@/lib/domain/transform';
import { checkScript, closeSandbox, runTransforms } from '@/lib/sandbox/transformSandbox';
import { sandboxChildren } from './support/sandboxChildren';

const timestamp = '2024-01-15T10:30:00.000Z';
const inputOf = (payload: unknown): TransformInput => ({
  payload: JSON.stringify(payload),
  eventType: 'lead.created',
  timestamp,
});
const inputs = (count: number) => Array.from({ length: count }, (_, n) => inputOf({ n }));

let keys = 0;
/** Runs under a key of its own: as a webhook that nobody has seen before. */
const run = (script: string, ...payloads: unknown[]) =>
  runTransforms({ key: `webhook-${++keys}`, script, inputs: payloads.map(inputOf) });
const jsonOf = (results: Awaited<ReturnType<typeof runTransforms>>) =>
  results.map((result) => (!result.ok ? result.kind : result.dropped ? 'dropped' : JSON.parse(result.json)));

/** Hangs in native code, where only a kill helps. */
const hang = 'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)';

beforeAll(() => run('return payload', {}));
afterAll(closeSandbox);
vi.setConfig({ testTimeout: 30_000 });

describe('a transform', () => {
  test('has payload, event_type and timestamp in scope and returns what is sent', async () => {
    const script = 'const { nom } = payload;\nreturn { nom, event_type, timestamp, list: [1, null] }';
    const [result] = await run(script, { nom: 'Dupont' });
    expect(result).toMatchObject({ ok: true, console: [] });
    expect(jsonOf([result as never])).toEqual([
      { nom: 'Dupont', event_type: 'lead.created', timestamp, list: [1, null] },
    ]);
    expect(result?.durationMs).toBeGreaterThan(0);
  });

  test('may return an array', async () => {
    expect(jsonOf(await run('return [payload]', { a: 1 }))).toEqual([[{ a: 1 }]]);
  });

  test.each([
    ['return null.x', 1, 13],
    ['const a = 1;\n\n  payload.missing.deep()', 3, 19],
    ['function f() {\n  throw new TypeError("no")\n}\nreturn [1].map(f)', 2, 9],
    ['const text = "x";\nreturn JSON.parse(text)', 2, 13],
  ])('%j fails at line %i, column %i of the person’s text', async (script, line, column) => {
    expect(await run(script, {})).toMatchObject([{ ok: false, kind: 'transform_error', line, column }]);
  });

  test.each([
    ['return payload +', 1, 17],
    ['const a = 1;\nreturn {\n  a: a,,\n}', 3, 8],
    ['}); process.exit(); (function () {', 1, 1],
    ['let x = 1\nlet x = 2\nreturn {}', 2, 5],
    ['return `open', 1, 13],
    ['const b = await payload', 1, 11],
  ])(
    '%j has its syntax error at line %i, column %i, when checked and when run',
    async (script, line, column) => {
      const checked = await checkScript(script);
      expect(checked).toMatchObject({ ok: false, line, column });
      expect(await run(script, {})).toMatchObject([{ ok: false, kind: 'transform_syntax', line, column }]);
    },
  );

  test('has a syntax error of bounded length, whatever it quotes', async () => {
    const script = `return /(${'a'.repeat(60_000)}/`;
    const message = expect.stringMatching(/^Invalid regular expression: \/\(a{900,1000}…$/);
    expect(await checkScript(script)).toMatchObject({ ok: false, message });
    expect(await run(script, {})).toMatchObject([{ kind: 'transform_syntax', message }]);
  });

  test('is not executed by the check', async () => {
    expect(await checkScript('for (;;);')).toEqual({ ok: true });
  });

  test('may have 64 KiB and not a byte more', async () => {
    const filled = (bytes: number) => `return payload//${'é'.repeat((bytes - 16) / 2)}`;
    expect(await checkScript(filled(65_536))).toEqual({ ok: true });
    expect(await checkScript(filled(65_538))).toMatchObject({ ok: false });
    expect(await run(filled(65_538), {})).toMatchObject([{ kind: 'transform_syntax' }]);
  });

  test.each([
    ['', 'The script returned nothing: return an object or an array, or null to send nothing on purpose.'],
    ['return undefined', expect.stringContaining('or null to send nothing on purpose')],
    ['return { toJSON: () => null }', 'The result is not an object or an array once written as JSON.'],
    ['return NaN', 'The script returned a number: return an object or an array.'],
    ['return () => 1', 'The script returned a function: return an object or an array.'],
    [
      'return { a: 1n }',
      'The result cannot be written as JSON: TypeError: Do not know how to serialize a BigInt',
    ],
    ['return "x".repeat(9)', 'The script returned a string: return an object or an array.'],
    ['return { a: "x".repeat(262144) }', 'The result is larger than 256 KiB.'],
    ['return { a: "€".repeat(100000) }', 'The result is larger than 256 KiB.'],
    [
      'let a = {}; for (let i = 0; i < 200; i++) a = { a }; return a',
      'The result is nested more than 200 levels deep.',
    ],
    [
      'let a = []; for (let i = 0; i < 200; i++) a = [a]; return a',
      'The result is nested more than 200 levels deep.',
    ],
  ])('%j has no result: %s', async (script, message) => {
    expect(await run(script, {})).toMatchObject([{ ok: false, kind: 'transform_result', message }]);
  });

  test('may nest its result 200 levels deep, as an event may', async () => {
    const [result] = await run(
      'let a = {}; for (let i = 1; i < 200; i++) a = { "{[": a }; return [a][0]',
      {},
    );
    expect(result).toMatchObject({ ok: true, dropped: false });
  });

  test('drops the event when it returns null, for that payload alone', async () => {
    const script = 'console.log(payload.n); return payload.n % 2 ? null : payload';
    const results = await runTransforms({ key: 'dropping', script, inputs: inputs(4) });
    expect(jsonOf(results)).toEqual([{ n: 0 }, 'dropped', { n: 2 }, 'dropped']);
    expect(results[1]).toMatchObject({ ok: true, dropped: true, console: [{ level: 'log', text: '1' }] });
  });

  test('is refused with advice when it is asynchronous', async () => {
    const [result] = await run('return (async () => payload)()', {});
    expect(result).toMatchObject({
      kind: 'transform_result',
      message: expect.stringContaining('synchronous'),
    });
  });

  test('has 64 MB of memory', async () => {
    const [result] = await run(
      'return { n: "x".repeat(2 ** 26).toUpperCase().toLowerCase().split("").length }',
      {},
    );
    expect(['transform_memory', 'transform_timeout']).toContain(result?.ok === false && result.kind);
  });
});

describe('the console', () => {
  test('is captured with its levels', async () => {
    const script = `console.log('a', { b: 1 }, [2], null, undefined, 3n); console.info(1); console.warn(true);
      console.error(new TypeError('no')); console.debug(() => 1, Symbol('s')); console.table([1]); return {}`;
    const [result] = await run(script, {});
    expect(result?.console).toEqual([
      { level: 'log', text: 'a {"b":1} [2] null undefined 3n' },
      { level: 'info', text: '1' },
      { level: 'warn', text: 'true' },
      { level: 'error', text: 'TypeError: no' },
      { level: 'debug', text: '(a function) (a symbol)' },
      { level: 'log', text: '[1]' },
    ]);
  });

  test('belongs to one payload, and is there when the script fails or runs out of time', async () => {
    const script = `console.log('n', payload.n); if (payload.n === 1) null.x; if (payload.n === 2) for (;;); return {}`;
    const results = await runTransforms({ key: 'console', script, inputs: inputs(4) });
    expect(results.map((result) => result.console.map((line) => line.text))).toEqual([
      ['n 0'],
      ['n 1'],
      ['n 2'],
      ['n 3'],
    ]);
    expect(results.map((result) => result.ok)).toEqual([true, false, false, true]);
  });

  test('is cut off', async () => {
    const [many] = await run('for (let i = 0; i < 500; i++) console.log(i); return {}', {});
    expect(many?.console).toHaveLength(101);
    expect(many?.console.at(-1)?.text).toContain('left out');
    const [long] = await run('for (let i = 0; i < 50; i++) console.log("x".repeat(5000)); return {}', {});
    expect(JSON.stringify(long?.console).length).toBeLessThan(20_000);
  });

  test('leaves out what is logged while a line is written: the bound holds for nested lines too', async () => {
    const script = `let reads = 0;
      function nested() {
        const error = new Error('m');
        Object.defineProperty(error, 'message', { get() { if (reads++ < 5000) console.log(nested()); return 'y' } });
        return error;
      }
      console.log(nested()); console.log({ toJSON() { console.log('inner'); throw 1 } }); console.log('after');
      return { reads }`;
    const [result] = await run(script, {});
    expect(result).toMatchObject({ ok: true, json: '{"reads":1}' });
    expect(result?.console.map((line) => line.text)).toEqual(['Error: y', '(cannot be shown)', 'after']);
  });
});

describe('state', () => {
  /** Kept where nobody looks: on a built-in, and not by an assignment. */
  const remember = `const { seen } = Array;
    Object.defineProperty(Array, 'seen', { value: payload.n, configurable: true });
    return { seen, n: payload.n }`;

  test('passes between the payloads of one batch only', async () => {
    let passed = 0;
    // A busy machine divides a batch, because its turn is over: then nothing passes. So each has numbers of its own.
    for (let batch = 0; batch < 20; batch++) {
      const first = 10 * batch;
      const numbers = [first, first + 1, first + 2];
      const job = { key: 'state', script: remember, inputs: numbers.map((n) => inputOf({ n })) };
      const seen = jsonOf(await runTransforms(job)).map((result) => result.seen);
      expect(seen[0]).toBeUndefined();
      for (const [index, value] of seen.entries()) expect([undefined, first + index - 1]).toContain(value);
      passed += seen.filter((value) => value !== undefined).length;
    }
    expect(passed).toBeGreaterThan(0);
  });

  test.each([
    ['a forgotten declaration', 'const before = typeof seen; seen = payload.n; return { before }'],
    ['globalThis', 'const before = typeof globalThis.seen; globalThis.seen = payload; return { before }'],
    ['this', 'const before = typeof this.seen; this.seen = payload; return { before }'],
    [
      'a symbol',
      'const s = Symbol.for("s"), before = typeof globalThis[s]; globalThis[s] = 1; return { before }',
    ],
    [
      'an accessor',
      'const before = typeof seen; Object.defineProperty(globalThis, "seen", { get: () => 1, enumerable: true }); return { before }',
    ],
    [
      'a promise',
      'const before = typeof seen; Promise.resolve().then(() => { seen = 1 }); return { before }',
    ],
    ['toJSON', 'const before = typeof seen; return { toJSON() { seen = 1; return { before } } }'],
    ['eval', 'const before = typeof seen; (0, eval)("var seen = 1"); return { before }'],
    ['a built-in', 'const before = typeof Math.seen; Math.seen = payload; return { before }'],
    ['a prototype', 'const before = typeof [].seen; Array.prototype.seen = payload; return { before }'],
    ['every object', 'const before = typeof payload.seen; Object.prototype.seen = 1; return { before }'],
    ['its own function', 'const f = arguments.callee, before = typeof f.seen; f.seen = 1; return { before }'],
  ])('that a payload leaves in a global by %s is not there for the next one', async (_how, script) => {
    const results = await runTransforms({ key: `global ${script}`, script, inputs: inputs(3) });
    expect(jsonOf(results)).toEqual(Array(3).fill({ before: 'undefined' }));
  });

  test('of the last match of a regular expression is not there for the next payload', async () => {
    const script = 'const before = RegExp.lastMatch + RegExp.$1; /(s.*)/.exec("secret"); return { before }';
    const results = await runTransforms({ key: 'match', script, inputs: inputs(3) });
    expect(jsonOf(results)).toEqual(Array(3).fill({ before: '' }));
  });

  test('that a payload leaves in a global is not there when the run had dropped its event or failed', async () => {
    const script = `const before = typeof seen; seen = 1; if (payload.n === 0) return null;
      if (payload.n === 1) throw 1; return { before }`;
    const results = await runTransforms({ key: 'global, no result', script, inputs: inputs(3) });
    expect(jsonOf(results)).toEqual(['dropped', 'transform_error', { before: 'undefined' }]);
  });

  test('never passes in a preview', async () => {
    const job = { key: 'preview:1', script: remember, inputs: inputs(2), isolated: true };
    expect(jsonOf(await runTransforms(job))).toEqual([{ n: 0 }, { n: 1 }]);
  });

  test('never passes between webhooks, even with the same script', async () => {
    const script = `const before = [Array.prototype.evil, globalThis.evil, RegExp.lastMatch];
      Array.prototype.evil = globalThis.evil = 1; /evil/.test('evil'); return before`;
    const all = await Promise.all([1, 2, 3, 4].map(() => run(script, {})));
    expect(all.map(jsonOf)).toEqual(Array(4).fill([[null, null, '']]));
  });

  test('of more versions than are kept warm: each gives its own result', async () => {
    for (const round of [1, 2]) {
      for (let version = 0; version < 60; version++) {
        const job = { key: 'versions', script: `return { version: ${version} }`, inputs: inputs(1) };
        expect(jsonOf(await runTransforms(job)), `round ${round}`).toEqual([{ version }]);
      }
    }
  });
});

describe('a batch', () => {
  test('keeps the order of hundreds of inputs', async () => {
    const results = await runTransforms({ key: 'order', script: 'return payload', inputs: inputs(700) });
    expect(jsonOf(results)).toEqual(Array.from({ length: 700 }, (_, n) => ({ n })));
  });

  test('of one guilty input that gets the child killed: only that one fails', async () => {
    const script = `if (payload.n === 3) ${hang}; return payload`;
    const results = await runTransforms({ key: 'guilty', script, inputs: inputs(8) });
    expect(jsonOf(results)).toEqual(
      [0, 1, 2, 'timeout', 4, 5, 6, 7].map((n) => (n === 'timeout' ? 'transform_timeout' : { n })),
    );
  });

  test('that dies only of its sum: every input is run alone', async () => {
    const script = `Object.defineProperty(Array, 'n', { value: (Array.n ?? 0) + 1, configurable: true });
      if (Array.n > 5) ${hang}; return payload`;
    const results = await runTransforms({ key: 'sum', script, inputs: inputs(20) });
    expect(jsonOf(results)).toEqual(Array.from({ length: 20 }, (_, n) => ({ n })));
  });

  test('goes on after its child was killed from outside', async () => {
    const script = 'const end = Date.now() + 50; while (Date.now() < end); return payload';
    const job = (count: number) => runTransforms({ key: 'outside', script, inputs: inputs(count) });
    await job(1);
    // Those that have started, and one of them is going to run it: one that is killed as it starts is another matter.
    await sleep(2000);
    const children = sandboxChildren();
    let over = false;
    const running = job(10).finally(() => {
      over = true;
    });
    await sleep(150); // of the half second that they take
    expect([children.length > 0, over]).toEqual([true, false]);
    for (const pid of children) process.kill(pid, 'SIGKILL');
    expect(jsonOf(await running)).toEqual(Array.from({ length: 10 }, (_, n) => ({ n })));
  });
});

describe('webhooks beside each other', () => {
  test('a script that gets its child killed again and again is paused; mended, it runs at once', async () => {
    const job = { key: 'deadly', script: hang, inputs: inputs(5) };
    const results = await runTransforms(job);
    expect(jsonOf(results)).toEqual([
      ...Array(3).fill('transform_timeout'),
      ...Array(2).fill('transform_paused'),
    ]);
    expect(results[4]).toMatchObject({ message: expect.stringContaining('rests until') });
    const start = performance.now();
    expect(jsonOf(await runTransforms(job))).toEqual(Array(5).fill('transform_paused'));
    expect(performance.now() - start).toBeLessThan(500);
    expect(jsonOf(await runTransforms({ ...job, script: 'return payload', inputs: inputs(1) }))).toEqual([
      { n: 0 },
    ]);
    expect(jsonOf(await run(`return { a: 1 }`, {}))).toEqual([{ a: 1 }]);
  });

  test('the next script runs soon after a kill', async () => {
    expect(jsonOf(await run(hang, {}))).toEqual(['transform_timeout']);
    const start = performance.now();
    expect(jsonOf(await run('return { a: 1 }', {}))).toEqual([{ a: 1 }]);
    // A new process: about 100 ms, several times that on a busy machine.
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test('a long line of slow batches does not hold up another webhook', async () => {
    const slow = 'const end = Date.now() + 5; while (Date.now() < end); return payload';
    const quick = { key: 'quick', script: 'return payload', inputs: inputs(1) };
    await Promise.all([
      runTransforms(quick),
      runTransforms({ key: 'slow', script: slow, inputs: inputs(1) }),
    ]);
    let slowDone = 0;
    const line = Array.from({ length: 10 }, async () => {
      const results = await runTransforms({ key: 'slow', script: slow, inputs: inputs(30) });
      slowDone++;
      expect(results.every((result) => result.ok)).toBe(true);
    });
    await sleep(20);
    await runTransforms(quick);
    expect(slowDone).toBeLessThan(3);
    await Promise.all(line);
  });
});

describe('closing', () => {
  test('ends the children, rejects what is unfinished, and leaves the sandbox usable', async () => {
    const unfinished = expect(run('for (;;);', {})).rejects.toThrow('closed');
    await closeSandbox();
    await unfinished;
    expect(sandboxChildren()).toEqual([]);
    expect(jsonOf(await run('return { a: 1 }', {}))).toEqual([{ a: 1 }]);
  });
});
