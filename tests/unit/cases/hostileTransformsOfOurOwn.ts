/** How a case may end. `killed`: stopped at a limit of time or memory. */
type Outcome = 'ok' | 'error' | 'killed';
export type HostileCase = { name: string; script: string; expect: Outcome[]; json?: string };

/**
 * Scripts against this harness in particular, beside `hostile-transforms.json`. Where `json` is given, a run
 * that ends well must end with exactly that. Each gets `{ "email": "a@b.c" }` as its payload.
 */
export const hostileTransformsOfOurOwn: HostileCase[] = [
  // Replacing what the harness could lean on
  {
    name: 'json-replaced',
    script: `JSON.stringify = () => '{"hacked":1}'; JSON.parse = () => ({}); return payload`,
    expect: ['ok'],
    json: '{"email":"a@b.c"}',
  },
  {
    name: 'every-builtin-gone',
    script: `for (const key of Object.getOwnPropertyNames(globalThis)) { try { delete globalThis[key] } catch {} } return payload`,
    expect: ['ok'],
    json: '{"email":"a@b.c"}',
  },
  {
    name: 'string-methods-loop',
    script: `for (const k of Object.getOwnPropertyNames(String.prototype)) { if (k !== 'length') try { String.prototype[k] = () => { for(;;); } } catch {} } throw new Error('x')`,
    expect: ['error'],
  },
  {
    name: 'bind-and-call-replaced',
    script: `Function.prototype.bind = Function.prototype.call = Function.prototype.apply = () => { for(;;); }; console.log({a: 1}); null.x`,
    expect: ['error'],
  },
  {
    name: 'iterators-replaced',
    script: `Array.prototype[Symbol.iterator] = function* () { for(;;) yield 1 }; console.log(1, 2); return [1]`,
    expect: ['ok'],
    json: '[1]',
  },
  {
    name: 'array-push-and-join-replaced',
    script: `Array.prototype.push = Array.prototype.join = Array.prototype.map = () => { throw 1 }; console.log('a'); return payload`,
    expect: ['ok'],
  },
  {
    name: 'array-index-accessors',
    script: `for (let i = 0; i < 9; i++) Object.defineProperty(Array.prototype, i, { get() { for(;;); }, set() { for(;;); } }); console.log('x', 'y'); throw new Error('z')`,
    expect: ['error'],
  },
  {
    name: 'object-toJSON-on-prototype',
    script: `Object.prototype.toJSON = function () { return 1 }; return payload`,
    expect: ['error'],
  },
  {
    name: 'string-toJSON-on-prototype',
    script: `String.prototype.toJSON = () => { for(;;); }; console.log('a'); return payload`,
    expect: ['ok'],
    json: '{"email":"a@b.c"}',
  },
  {
    name: 'bigint-toJSON-on-prototype',
    script: `BigInt.prototype.toJSON = () => '[1]'; return 1n`,
    expect: ['error'],
  },
  {
    name: 'status-setters-on-prototype',
    script: `for (const k of ['run','last','compile','kind','status','then','console']) Object.defineProperty(Object.prototype, k, { set() { for(;;); }, get() { return undefined }, configurable: true }); return {ok: 1}`,
    expect: ['ok'],
    json: '{"ok":1}',
  },
  {
    name: 'global-frozen',
    script: `Object.freeze(globalThis); Object.freeze(console); console.log(1); return payload`,
    expect: ['ok'],
  },
  {
    name: 'console-replaced-by-trap',
    script: `console = new Proxy({}, { get() { for(;;); } }); return payload`,
    expect: ['ok'],
  },
  // Thrown values that act
  {
    name: 'throw-toPrimitive',
    script: `throw { [Symbol.toPrimitive]() { for(;;); }, toString() { for(;;); } }`,
    expect: ['error'],
  },
  {
    name: 'throw-message-object',
    script: `throw { name: 'E', message: { toString() { for(;;); } } }`,
    expect: ['error'],
  },
  {
    name: 'throw-proxy-that-throws',
    script: `throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 }, has() { throw 3 }, ownKeys() { throw 4 } })`,
    expect: ['error'],
  },
  {
    name: 'throw-proxy-that-loops',
    script: `throw new Proxy({}, { get() { for(;;); } })`,
    expect: ['killed'],
  },
  {
    name: 'throw-revoked-proxy',
    script: `const r = Proxy.revocable({}, {}); r.revoke(); throw r.proxy`,
    expect: ['error'],
  },
  {
    name: 'throw-message-getter-recursion',
    script: `throw { get message() { return this.message } }`,
    expect: ['error'],
  },
  { name: 'throw-huge-message', script: `throw new Error('x'.repeat(2 ** 28))`, expect: ['error', 'killed'] },
  { name: 'throw-huge-string', script: `throw 'x'.repeat(2 ** 28)`, expect: ['error', 'killed'] },
  {
    name: 'throw-huge-rope-as-stack',
    script: `const e = new Error('x'); e.stack = 'a'.repeat(2 ** 29 - 24); throw e`,
    expect: ['error', 'killed'],
  },
  { name: 'throw-huge-bigint', script: `throw 1n << 2n ** 26n`, expect: ['error', 'killed'] },
  {
    name: 'throw-forged-stack',
    script: `const e = new Error('x'); e.stack = 'Error: x\\n    at transform.js:999999:1'; throw e`,
    expect: ['error'],
  },
  {
    name: 'throw-forged-stack-line-0',
    script: `const e = new Error('x'); e.stack = '\\n    at transform.js:1:0'; throw e`,
    expect: ['error'],
  },
  { name: 'throw-symbol', script: `throw Symbol('x')`, expect: ['error'] },
  {
    name: 'prepareStackTrace-loops',
    script: `Error.prepareStackTrace = () => { for(;;); }; null.x`,
    expect: ['killed'],
  },
  {
    name: 'prepareStackTrace-object',
    script: `Error.prepareStackTrace = () => ({ length: 1e9, toString() { for(;;); } }); null.x`,
    expect: ['error'],
  },
  {
    name: 'prepareStackTrace-reaches-for-the-harness',
    script: `Error.prepareStackTrace = (e, s) => s.map((c) => typeof c.getFunction()); return new Error('x').stack.slice(1)`,
    expect: ['ok'],
    json: '["undefined"]',
  },
  {
    name: 'caller',
    script: `return { caller: String(arguments.callee.caller), log: String(Object.getOwnPropertyNames(console.log).includes('caller')) }`,
    expect: ['ok'],
    json: '{"caller":"null","log":"false"}',
  },
  // Results that act
  { name: 'result-then-loops', script: `return { get then() { for(;;); } }`, expect: ['killed'] },
  {
    name: 'result-then-throws',
    script: `return { get then() { throw new Error('then') } }`,
    expect: ['error'],
  },
  { name: 'result-async', script: `return (async () => payload)()`, expect: ['error'] },
  { name: 'result-thenable', script: `return { then() {} }`, expect: ['error'] },
  {
    name: 'result-proxy-endless-keys',
    script: `return new Proxy({}, { ownKeys: () => Array.from({ length: 1e7 }, (_, i) => 'k' + i), getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true, value: 1 }) })`,
    expect: ['killed', 'error'],
  },
  {
    name: 'result-proxy-key-order',
    script: `return new Proxy({}, { ownKeys: () => ['b', '10', '9'], get: (_, k) => k === 'then' || k === 'toJSON' ? undefined : k, getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }) })`,
    expect: ['ok'],
    json: '{"9":"9","10":"10","b":"b"}',
  },
  {
    name: 'result-raw-json',
    script: `return { a: JSON.rawJSON('1.0'), b: JSON.rawJSON('1e3'), c: JSON.rawJSON('"\\\\u0061"') }`,
    expect: ['ok'],
    json: '{"a":1,"b":1000,"c":"a"}',
  },
  {
    name: 'result-raw-json-infinite',
    script: `return [JSON.rawJSON('1e400')]`,
    expect: ['ok'],
    json: '[null]',
  },
  {
    name: 'result-nested-200',
    script: `let o = []; for (let i = 0; i < 199; i++) o = [o]; return o`,
    expect: ['ok'],
  },
  {
    name: 'result-nested-5000',
    script: `let o = []; for (let i = 0; i < 5000; i++) o = [o]; return o`,
    expect: ['error'],
  },
  { name: 'result-brackets-in-strings', script: `return { a: '[{"\\\\'.repeat(2000) }`, expect: ['ok'] },
  { name: 'result-300KB', script: `return { a: 'x'.repeat(300 * 1024) }`, expect: ['error'] },
  {
    name: 'result-100K-characters-of-3-bytes',
    script: `return { a: '€'.repeat(100 * 1024) }`,
    expect: ['error'],
  },
  { name: 'result-NaN', script: `return NaN`, expect: ['error'] },
  {
    name: 'result-Infinity-inside',
    script: `return { a: Infinity, b: NaN, c: undefined, d: -0 }`,
    expect: ['ok'],
    json: '{"a":null,"b":null,"d":0}',
  },
  { name: 'result-boxed-string', script: `return new String('x')`, expect: ['error'] },
  { name: 'result-date', script: `return new Date(0)`, expect: ['error'] },
  { name: 'result-nothing', script: ``, expect: ['error'] },
  {
    name: 'result-toJSON-recursion',
    script: `return { toJSON() { return JSON.stringify(this) } }`,
    expect: ['error'],
  },
  { name: 'result-global', script: `return globalThis`, expect: ['ok', 'error'] },
  {
    name: 'result-many-index-keys',
    script: `const o = {}; for (let i = 0; i < 2e4; i++) o[i * 4294] = 1; return o`,
    expect: ['ok'],
  },
  // Console
  { name: 'console-flood', script: `for(;;) console.log('x'.repeat(1000))`, expect: ['killed'] },
  {
    name: 'console-many',
    script: `for (let i = 0; i < 2e4; i++) console.log('line', i); return payload`,
    expect: ['ok'],
  },
  {
    name: 'console-getter-loop',
    script: `console.log({ get a() { for(;;); } }); return payload`,
    expect: ['killed'],
  },
  {
    name: 'console-toJSON-throws',
    script: `console.log({ toJSON() { throw 1 } }, Object.create(null), Symbol('s'), new Proxy({}, {})); return payload`,
    expect: ['ok'],
  },
  {
    name: 'console-tag-getter',
    script: `console.log({ get [Symbol.toStringTag]() { throw 1 } }); return payload`,
    expect: ['ok'],
  },
  {
    name: 'console-from-the-deep',
    script: `function f() { console.log('deep'); f() } try { f() } catch {} console.log('up'); return payload`,
    expect: ['ok', 'killed'],
  },
  {
    name: 'console-huge-bigint',
    script: `console.log(1n << 2n ** 26n); return payload`,
    expect: ['ok', 'killed', 'error'],
  },
  {
    name: 'console-spread-huge',
    script: `console.log(...Array(1e5).fill('x')); return payload`,
    expect: ['ok', 'error', 'killed'],
  },
  // Ways out
  {
    name: 'function-constructor',
    script: `return { r: Function('return typeof require + typeof process + typeof globalThis.ivm')() }`,
    expect: ['ok'],
    json: '{"r":"undefinedundefinedundefined"}',
  },
  {
    name: 'generator-constructor',
    script: `const G = (function* () {}).constructor; return { r: [...G('yield typeof process')()] }`,
    expect: ['ok'],
    json: '{"r":["undefined"]}',
  },
  {
    name: 'constructor-of-the-harness',
    script: `return { r: console.log.constructor.constructor('return typeof process')() }`,
    expect: ['ok'],
    json: '{"r":"undefined"}',
  },
  {
    name: 'import-fs',
    script: `import('node:fs').then((fs) => { globalThis.fs = fs }, (e) => { globalThis.e = e }); return payload`,
    expect: ['ok', 'error'],
  },
  { name: 'close-everything', script: `}}); process.exit(); ({`, expect: ['error'] },
  { name: 'close-comment', script: `*/ } process.exit(); { /*`, expect: ['error'] },
  { name: 'close-parameters', script: `}, function () { process.exit() }) //`, expect: ['error'] },
  { name: 'source-url', script: `throw new Error('x')\n//# sourceURL=harness.js`, expect: ['error'] },
  {
    name: 'source-mapping-url',
    script: `throw new Error('x')\n//# sourceMappingURL=file:///etc/passwd`,
    expect: ['error'],
  },
  { name: 'debugger', script: `debugger; return payload`, expect: ['ok'], json: '{"email":"a@b.c"}' },
  {
    name: 'binary-constructors',
    script: `return [typeof ArrayBuffer, typeof SharedArrayBuffer, typeof Uint8Array, typeof Float16Array, typeof DataView, typeof Atomics, typeof WebAssembly, typeof WeakRef, typeof FinalizationRegistry].filter((t) => t !== 'undefined')`,
    expect: ['ok'],
    json: '[]',
  },
  { name: 'new-target', script: `return { r: typeof new.target }`, expect: ['ok', 'error'] },
  {
    name: 'timers',
    script: `return [typeof setTimeout, typeof setInterval, typeof queueMicrotask, typeof fetch, typeof structuredClone]`,
    expect: ['ok'],
    json: '["undefined","undefined","undefined","undefined","undefined"]',
  },
  // After the end
  {
    name: 'rejection-forges-a-timeout',
    script: `Promise.reject(new Error('Script execution timed out.')); return payload`,
    expect: ['ok', 'killed'],
  },
  {
    name: 'rejection-forges-memory',
    script: `Promise.reject(new Error('Isolate was disposed during execution due to memory limit')); return payload`,
    expect: ['ok', 'killed'],
  },
  {
    name: 'rejection-message-loops',
    script: `Promise.reject({ get message() { for(;;); }, get stack() { for(;;); } }); return payload`,
    expect: ['ok', 'killed'],
  },
  {
    name: 'rejections-many',
    script: `for (let i = 0; i < 1e4; i++) Promise.reject(i); return payload`,
    expect: ['ok'],
  },
  {
    name: 'rejection-of-proxy-loop',
    script: `Promise.reject(new Proxy(Error('x'), { get() { for(;;); }, getPrototypeOf() { for(;;); } })); return payload`,
    expect: ['ok', 'killed'],
  },
  {
    name: 'thenable-job-loops',
    script: `Promise.resolve({ then() { for(;;); } }); return payload`,
    expect: ['killed'],
  },
  {
    name: 'array-from-async',
    script: `Array.fromAsync({ async *[Symbol.asyncIterator]() { for(;;) yield 1 } }); return payload`,
    expect: ['killed'],
  },
  {
    name: 'species-promise',
    script: `class P extends Promise { static get [Symbol.species]() { for(;;); } } P.resolve().then(() => {}); return payload`,
    expect: ['killed'],
  },
  // Holes in V8
  {
    name: 'internal-hole-of-v8',
    script: `function leak() { let x; delete x?.[y]?.a; return y; let y } return { r: typeof leak() }`,
    expect: ['error'],
  },
  // Memory and time in native code
  {
    name: 'intl-flood',
    script: `const a = []; for(;;) a.push(new Intl.DateTimeFormat('fr-FR', { dateStyle: 'full' }).format(0))`,
    expect: ['killed'],
  },
  {
    name: 'collator-sort',
    script: `const c = new Intl.Collator('fr'); const s = 'é'.repeat(2 ** 18); for(;;) c.compare(s + 'a', s + 'b')`,
    expect: ['killed'],
  },
  {
    name: 'segmenter',
    script: `return { n: [...new Intl.Segmenter('th').segment('ก'.repeat(2 ** 21))].length }`,
    expect: ['killed', 'error'],
  },
  {
    name: 'regexp-unicode-sets',
    script: `return { r: /(?:\\p{L}+\\s?)+$/v.test('a'.repeat(50) + '!') }`,
    expect: ['killed'],
  },
  {
    name: 'string-at-power',
    script: `let s = 'ab'; for (let i = 0; i < 28; i++) s += s; return { n: s.lastIndexOf('c'), m: s.split('a').length }`,
    expect: ['killed', 'error'],
  },
  {
    name: 'array-fill-huge',
    script: `return { n: Array(2 ** 32 - 1).fill(1).length }`,
    expect: ['killed', 'error'],
  },
  {
    name: 'array-like-forEach',
    script: `Array.prototype.forEach.call({ length: 2 ** 53 - 1 }, () => {}); return payload`,
    expect: ['killed'],
  },
  {
    name: 'date-parse-huge',
    script: `const s = '1'.repeat(2 ** 24); for(;;) Date.parse(s)`,
    expect: ['killed'],
  },
  {
    name: 'weakmap-ephemerons',
    script: `const m = new WeakMap(); let k = {}; const root = k; for(;;) { const n = {}; m.set(k, n); k = n }`,
    expect: ['killed'],
  },
  {
    name: 'finally-forever',
    script: `function f() { try { return f() } finally { f() } } f(); return payload`,
    expect: ['killed', 'error'],
  },
  {
    name: 'catch-the-memory-error',
    script: `const keep = []; for(;;) { try { keep.push(Array(1e6).fill({})) } catch {} }`,
    expect: ['killed'],
  },
];
