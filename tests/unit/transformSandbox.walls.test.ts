import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { SandboxProcess } from '@/lib/sandbox/process';
import { freshUser, wallsAround, wallWords } from '@/lib/sandbox/walls';
import { HostileProcess, type Walls } from './support/hostileProcess';

const isLinux = process.platform === 'linux';
const isRoot = process.getuid?.() === 0;
const words = wallWords();
const mayUnshare = words.includes('unshare');

/** The application's own folder, which others may enter and read but not write; `open` is one where everybody may write. */
const home = mkdtempSync(join(tmpdir(), 'devlink-walls-'));
const open = mkdtempSync(join(tmpdir(), 'devlink-open-'));
const secret = join(home, '.env');
const addon = join(open, 'other.node');
const unixPath = join(open, 'socket');

const tcp = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
const unix = createServer((socket) => socket.end()).listen(unixPath);
const udp = createSocket('udp4').bind(0, '127.0.0.1');
const listening = Promise.all([tcp, unix, udp].map((server) => once(server, 'listening')));
let heardByUdp = 0;
udp.on('message', () => heardByUdp++);

beforeAll(async () => {
  chmodSync(home, 0o755);
  chmodSync(open, 0o777);
  writeFileSync(secret, 'SUPABASE_SECRET_KEY=x', { mode: 0o600 });
  const [found = ''] = globSync(
    `node_modules/isolated-vm/prebuilds/${process.platform}-${process.arch}/*.node`,
  );
  copyFileSync(found, addon);
  await listening;
  chmodSync(unixPath, 0o777);
});
afterAll(() => {
  for (const server of [tcp, unix, udp]) server.close();
  for (const folder of [home, open]) rmSync(folder, { recursive: true });
});

const connected = (options: string) =>
  `const socket = require('net').connect(${options});
   await new Promise((resolve, reject) => socket.on('connect', resolve).on('error', reject));
   return 1`;

/** What somebody would try who got out of the engine. Each of these works where no wall stands. */
const attempts = {
  'read package.json': () => `return require('fs').readFileSync('${process.cwd()}/package.json').length`,
  'read a secret': () => `return require('fs').readFileSync('${secret}').length`,
  'ask whether a secret may be read': () => `require('fs').accessSync('${secret}', 4); return 1`,
  'read /etc/passwd': () => `return require('fs').readFileSync('/etc/passwd').length`,
  'list a folder': () => `return require('fs').readdirSync('${open}').length`,
  'write a file': () => `require('fs').writeFileSync('${open}/written', 'x'); return 1`,
  'make a folder beside the secret': () => `require('fs').mkdirSync('${home}/made' + Date.now()); return 1`,
  'open TCP': () => connected(`${(tcp.address() as AddressInfo).port}, '127.0.0.1'`),
  'open a Unix socket': () => connected(`'${unixPath}'`),
  listen: () =>
    `const server = require('net').createServer().listen(0, '127.0.0.1');
     await new Promise((resolve, reject) => server.on('listening', resolve).on('error', reject));
     return 1`,
  'send UDP': () =>
    `const socket = require('dgram').createSocket('udp4');
     return new Promise((resolve, reject) => {
       socket.on('error', reject);
       socket.send('x', ${udp.address().port}, '127.0.0.1', (error) => error ? reject(error) : resolve(1));
     })`,
  "see the application's environment": () =>
    `return require('fs').readFileSync('/proc/' + parent + '/environ').length`,
  "see the application's files": () => `return require('fs').readlinkSync('/proc/' + parent + '/exe')`,
  'see a command line': () => `return require('fs').readFileSync('/proc/1/cmdline').length`,
  'signal the application': () => `process.kill(parent, 0); return 1`,
  'become root': () => `process.setuid(0); return 1`,
  'start a process': () => `return require('child_process').execFileSync('true').length`,
  'start a thread': () =>
    `const worker = new (require('worker_threads').Worker)('', { eval: true });
     await new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
     return 1`,
  'load an addon': () => `process.dlopen({ exports: {} }, '${addon}'); return 1`,
  'open a debugger': () =>
    `require('inspector').open(0); const url = require('inspector').url(); return url.length`,
} as const;
type Attempt = keyof typeof attempts;

const files: Attempt[] = [
  'read package.json',
  'read a secret',
  'read /etc/passwd',
  'list a folder',
  'write a file',
];
const network: Attempt[] = ['open TCP', 'send UDP', 'listen'];
const own: Attempt[] = ['start a process', 'start a thread', 'load an addon', 'open a debugger'];
const proc: Attempt[] = isLinux ? ["see the application's environment", 'see a command line'] : [];

/** What each wall keeps by itself. */
const promises: [wall: string, walls: Walls, kept: Attempt[]][] = [
  [
    'the permission model',
    { permissions: true },
    [
      ...[...files, ...own, ...proc, 'ask whether a secret may be read', 'make a folder beside the secret'],
      ...(isLinux ? ["see the application's files"] : []),
    ] as Attempt[],
  ],
  [
    'a user of its own',
    { user: true },
    freshUser() === undefined
      ? []
      : [
          ...([
            'read a secret',
            'ask whether a secret may be read',
            'make a folder beside the secret',
          ] as const),
          ...(['signal the application', 'become root'] as const),
          ...(isLinux ? (["see the application's environment", "see the application's files"] as const) : []),
        ],
  ],
  [
    'a network of its own',
    { words: true },
    mayUnshare
      ? [
          ...network.filter((attempt) => attempt !== 'listen'),
          // In a user namespace, too, one sees nothing of those outside.
          ...(isRoot ? [] : (["see the application's environment", "see the application's files"] as const)),
        ]
      : [],
  ],
  [
    'no descriptors',
    { descriptors: true },
    // Node ends itself when the debugger that it starts gets none.
    isLinux ? [...files, ...network, ...own.slice(0, -1), ...proc, 'open a Unix socket' as const] : [],
  ],
];

vi.setConfig({ testTimeout: 60_000 });

async function outcomesOf(walls: Walls, names: readonly Attempt[]): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {};
  const hostile = await HostileProcess.behind(walls);
  try {
    for (const name of names) outcomes[name] = await hostile.try(attempts[name]());
  } finally {
    hostile.end();
  }
  return outcomes;
}

const names = Object.keys(attempts) as Attempt[];
const refused = (kept: readonly Attempt[]) =>
  Object.fromEntries(kept.map((name) => [name, expect.stringMatching(/^refused: E/)]));

test('without a wall, all of it can be done: the tries are real', async () => {
  const possible = names.filter(
    (name) =>
      (isLinux || !proc.includes(name)) &&
      (isLinux || name !== "see the application's files") &&
      (isRoot || name !== 'become root'),
  );
  const outcomes = await outcomesOf({}, possible);
  const reached = possible.map((name) => [name, expect.stringMatching(/^reached: /)]);
  expect(outcomes).toEqual(Object.fromEntries(reached));
  expect(heardByUdp).toBe(1);
});

test.each(promises)('%s alone keeps what it promises', async (_wall, walls, kept) => {
  expect(await outcomesOf(walls, kept)).toEqual(refused(kept));
});

test('all together keep everything that is promised, and nothing arrived anywhere', async () => {
  heardByUdp = 0;
  rmSync(join(open, 'written'), { force: true });
  const all = { permissions: true, user: true, words: true, descriptors: true };
  const kept = [...new Set(promises.flatMap(([, , promised]) => promised))];
  expect(await outcomesOf(all, kept)).toEqual(refused(kept));
  expect([heardByUdp, existsSync(join(open, 'written'))]).toEqual([0, false]);
});

test('nothing of the environment is given to the child', async () => {
  expect(await outcomesOf({}, [])).toEqual({});
  const hostile = await HostileProcess.behind({});
  expect(await hostile.try('return Object.keys(process.env)')).toBe('reached: []');
  hostile.end();
});

describe('a child of the sandbox', () => {
  test('has every wall that this system offers', async () => {
    const child = await new Promise<SandboxProcess>((resolve) => {
      const started: SandboxProcess = new SandboxProcess(false, () => resolve(started));
    });
    expect(child.failedToStart).toBe('');
    // Its rights are dropped by the time that it answers.
    expect(await child.ask(['check', 'return 1'], () => {})).toEqual({ how: 'done' });
    expect(wallsAround(child.pid, true)).toEqual({
      permissions: true,
      user: isLinux && freshUser() !== undefined,
      privileges: words.includes('setpriv'),
      network: mayUnshare,
      descriptors: isLinux,
    });
    await child.close();
  });

  test('has a user that no other child has', () => {
    const users = Array.from({ length: 50 }, freshUser);
    if (isRoot) expect(new Set(users).size).toBe(50);
    else expect(new Set(users)).toEqual(new Set([undefined]));
  });
});
