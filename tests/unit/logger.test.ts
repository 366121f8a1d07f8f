import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { WebhookError } from '@/lib/domain/errors';
import { errorFields } from '@/lib/telemetry/errorFields';
import { createLogger } from '@/lib/telemetry/logger';
import { StandardOutput } from '@/lib/telemetry/standardOutput';
import { moduleArguments } from './support/runModule';

/** A file descriptor that takes what it is told to, or fails with a code. */
class Descriptor {
  text = '';
  calls = 0;
  takes: number | string = Number.POSITIVE_INFINITY;

  readonly write = (bytes: Buffer): number => {
    this.calls += 1;
    if (typeof this.takes === 'string') throw Object.assign(new Error('no'), { code: this.takes });
    if (this.takes === 0) throw Object.assign(new Error('full'), { code: 'EAGAIN' });
    const taken = bytes.subarray(0, this.takes);
    this.text += taken.toString();
    return taken.length;
  };
}

const nextTurn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

describe('standard output', () => {
  let pipe: Descriptor;
  let output: StandardOutput;
  beforeEach(() => {
    pipe = new Descriptor();
    output = new StandardOutput(pipe.write);
  });

  it('lines of one turn go out in one write', async () => {
    for (const line of ['a\n', 'b\n', 'c\n']) output.write(line);
    expect(pipe.calls).toBe(0);
    await nextTurn();
    expect([pipe.text, pipe.calls]).toEqual(['a\nb\nc\n', 1]);
  });

  it('a pipe that is full gets the rest later, in order and whole', async () => {
    pipe.takes = 0;
    output.write('é1234\n');
    await nextTurn();
    output.write('second\n');
    await nextTurn();
    expect(pipe.text).toBe('');
    pipe.takes = 4;
    await expect.poll(() => pipe.text).toBe('é1234\nsecond\n');
  });

  it('a full disk costs the lines that met it; they are counted once it takes lines again', async () => {
    pipe.takes = 'ENOSPC';
    output.write('lost\n');
    output.write('lost too\n');
    await nextTurn();
    pipe.takes = Number.POSITIVE_INFINITY;
    output.write('kept\n');
    await nextTurn();
    const [first, second] = pipe.text.split('\n');
    expect(first).toBe('kept');
    expect(JSON.parse(second ?? '')).toMatchObject({ level: 'warn', msg: 'log_lines_lost', lines: 2 });
  });

  it('what nobody takes is bounded', async () => {
    pipe.takes = 0;
    const line = `${'x'.repeat(1_000_000)}\n`;
    for (let n = 0; n < 20; n++) output.write(line);
    pipe.takes = Number.POSITIVE_INFINITY;
    await nextTurn();
    expect(pipe.text.length).toBeLessThan(8 * 1024 * 1024 + 200);
    expect(pipe.text).toContain('"lines":12');
  });

  it('a broken pipe is not written to again', async () => {
    pipe.takes = 'EPIPE';
    for (const line of ['a\n', 'b\n']) {
      output.write(line);
      await nextTurn();
    }
    expect(pipe.calls).toBe(1);
  });

  it('at exit what waits is written; a pipe that takes nothing delays it by a second', () => {
    output.write('last\n');
    output.flushNow();
    expect(pipe.text).toBe('last\n');
    pipe.takes = 0;
    output.write('never\n');
    const began = performance.now();
    output.flushNow();
    expect(performance.now() - began).toBeGreaterThan(900);
    expect(performance.now() - began).toBeLessThan(3000);
  });
});

describe('a line', () => {
  const lines: Record<string, unknown>[] = [];
  const log = (level?: 'warn' | 'silent') =>
    createLogger({ write: (line) => void lines.push(JSON.parse(line)) }, level);
  beforeEach(() => {
    lines.length = 0;
  });

  it('is JSON with level, an ISO time, its fields, and what does not apply is left out', () => {
    log().info({ attempt: 1, trace_id: undefined }, 'webhook_attempt');
    expect(lines).toEqual([{ level: 'info', time: expect.any(String), attempt: 1, msg: 'webhook_attempt' }]);
    expect(new Date(String(lines[0]?.time)).toISOString()).toBe(lines[0]?.time);
  });

  it('is written from its level on', () => {
    const warn = log('warn');
    warn.info('not this');
    warn.warn('this');
    log('silent').fatal('nor this');
    expect(lines.map(({ msg }) => msg)).toEqual(['this']);
  });

  it('tells of an error with its stack and causes', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    log().error({ err: new WebhookError('database_unavailable', { cause }) }, 'trying again');
    expect(lines[0]).toMatchObject({
      level: 'error',
      msg: 'trying again',
      err: {
        type: 'WebhookError',
        code: 'database_unavailable',
        cause: { type: 'Error', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:1' },
      },
    });
    expect(errorFields(cause).stack?.[0]).toMatch(/^at /);
  });
});

const secretUrl = 'https://user:pass@hooks.example.com:8443/T0KEN/path?key=s3cret#part';
const thrown = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};
const leaking: [name: string, error: unknown][] = [
  ['an address', new Error(`Invalid URL ${secretUrl}`)],
  ['an address in quotes', new Error(`cannot reach "${secretUrl}" nor '${secretUrl}'`)],
  ['an address in a cause', new Error('no', { cause: new Error(secretUrl) })],
  ['a string that was thrown', `failed at ${secretUrl}`],
  ['what the JSON parser quotes', thrown(() => JSON.parse('{"T0KEN": s3cret}'))],
  ['what zod quotes', thrown(() => z.object({ a: z.literal('x') }).parse({ a: 's3cret', T0KEN: 1 }))],
  [
    'what Postgres quotes',
    { name: 'PostgrestError', code: '22P02', message: 'invalid input syntax for type uuid: "s3cret"' },
  ],
  [
    'details and hints of Postgres',
    {
      name: 'PostgrestError',
      code: '23502',
      message: 'null value',
      details: 'Failing row contains (s3cret).',
      hint: 'T0KEN',
    },
  ],
  ['a bearer', new Error('refused Bearer s3cret-T0KEN')],
  ['our keys', new Error('sb_secret_s3cret whsec_s3cret/T0KEN= eyJhbGciT0KEN.eyJzdWIiT0KEN.s3cret')],
  ['a secret key', new Error(`${'a1'.repeat(32)}`)],
  [
    'a stack that repeats the message',
    Object.assign(new Error('x'), { stack: `Error: ${secretUrl}\n  s3cret\n    at f (file.ts:1:1)` }),
  ],
];
it.each(leaking)('an error tells nothing of %s', (_, error) => {
  expect(JSON.stringify(errorFields(error))).not.toMatch(/s3cret|T0KEN|user:pass|a1a1a1/);
});

it('an error of any shape and size becomes a bounded line', () => {
  const circular = new Error('x'.repeat(1_000_000));
  circular.cause = circular;
  circular.stack = `Error\n${'    at f (file.ts:1:1)\n'.repeat(100_000)}`;
  for (const error of [
    circular,
    null,
    undefined,
    7,
    Symbol('s'),
    Object.create(null),
    [],
    { message: 7, name: {} },
  ])
    expect(JSON.stringify(errorFields(error)).length).toBeLessThan(8000);
});

const writing = `{
  const { logger } = await import('@/lib/telemetry/logger');
  for (let n = 0; n < 20_000; n++) logger().info({ n, padding: 'x'.repeat(100) }, 'line');
}`;

/** Runs a module whose standard output goes where the shell says. */
function start(source: string, redirection = '') {
  const child = spawn('sh', [
    '-c',
    `exec "$0" "$@" ${redirection}`,
    process.execPath,
    ...moduleArguments(source),
  ]);
  const ended = once(child, 'exit');
  return { child, ended };
}

it.each([
  ['by itself', ''],
  ['by process.exit', 'process.exit(0);'],
  ['by an exception', 'setImmediate(() => { throw new Error("thrown"); });'],
  [
    'on SIGTERM',
    'process.once("SIGTERM", () => process.exit(0)); process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);',
  ],
])('nothing is lost when the process ends %s, though the reader is slow', async (_, end) => {
  const { child } = start(`${writing} ${end}`);
  let printed = '';
  for await (const chunk of child.stdout) {
    printed += chunk;
    if (printed.length < 200_000) await sleep(5);
  }
  const numbers = printed
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).n);
  expect(numbers).toEqual(Array.from({ length: 20_000 }, (_unused, n) => n));
});

it.each([
  ['the disk is full', '> /dev/full'],
  ['standard output is closed', '>&-'],
])('the process goes on and ends well when %s', async (_, redirection) => {
  const { child, ended } = start(
    `${writing} await new Promise((r) => setTimeout(r, 50)); ${writing} console.error('done');`,
    redirection,
  );
  let told = '';
  child.stderr.on('data', (chunk) => (told += chunk));
  expect(await ended).toEqual([0, null]);
  expect(told.trim()).toBe('done');
});

it('the process goes on when whoever read its log is gone', async () => {
  const { child, ended } = start(
    `process.stdin.once('data', async () => { ${writing} await new Promise((r) => setTimeout(r, 50)); process.exit(7); });`,
  );
  child.stdout.destroy();
  child.stdin.write('go');
  expect(await ended).toEqual([7, null]);
});
