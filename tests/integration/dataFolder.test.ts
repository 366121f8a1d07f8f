import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type LocalInfo, runningStack, writeLocalInfo } from '../../scripts/stack/localInfo';
import { openDataDir, projectRoot, readIfPresent } from '../../scripts/stack/machine/dataDir';
import { holderOf, lockFolder } from '../../scripts/stack/machine/runLock';
import { type PostgresServer, startPostgres } from '../../scripts/stack/postgres/postgres';

/*
 * A data folder and its copies, made while it runs or not: each has its own database, and none touches another's.
 */

const password = 'data-folder-test';
let base: string;
let original: string;
/** Its path is the end of the original's: whoever looks for it in command lines finds both. */
let copy: string;
const servers: PostgresServer[] = [];
const unlocks: (() => void)[] = [];

beforeEach(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'devlink-folders-'));
  execFileSync('chmod', ['755', base]);
  copy = path.join(base, 'data');
  original = openDataDir(path.join(base, `original${copy}`));
});
afterEach(async () => {
  for (const server of servers.splice(0).reverse()) await server.stop();
  for (const unlock of unlocks.splice(0)) unlock();
  rmSync(base, { recursive: true, force: true });
});

const copyFolder = () => execFileSync('cp', ['-a', original, copy]);

async function start(dataDir: string): Promise<PostgresServer> {
  const server = await startPostgres({ dataDir, password });
  servers.push(server);
  return server;
}

async function query(server: PostgresServer, text: string): Promise<postgres.Row[]> {
  const sql = postgres(server.url('postgres'), { max: 1, onnotice: () => {} });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await sql.end();
  }
}

/** As the launcher holds a data folder, with what it tells others. */
async function run(dataDir: string): Promise<PostgresServer> {
  unlocks.push(lockFolder(dataDir));
  const server = await start(dataDir);
  writeLocalInfo(dataDir, { url: 'http://127.0.0.1:1', database_url: server.url('postgres') } as LocalInfo);
  return server;
}

/** The database's server, for as long as it is the same life of it. */
const life = async (server: PostgresServer) =>
  (await query(server, 'select pg_postmaster_start_time()::text as began, count(*)::int as n from kept'))[0];

it('a copy of a running folder starts beside it, on a database of its own', async () => {
  const first = await run(original);
  await query(first, 'create table kept (n int); insert into kept values (1), (2); checkpoint');
  const before = await life(first);
  copyFolder();
  // The copy brought along a lock, a pid file and the address of the original.
  expect(readIfPresent(path.join(copy, 'run.lock'))).toBe(readIfPresent(path.join(original, 'run.lock')));
  expect(readIfPresent(path.join(copy, 'postgres/data/postmaster.pid'))).not.toBeNull();
  expect(holderOf(copy)).toBeNull();
  expect(runningStack(copy)).toBeNull();
  expect(runningStack(original)?.database_url).toBe(first.url('postgres'));

  const second = await run(copy);
  await query(second, 'delete from kept');
  expect(await life(first)).toEqual(before);
  expect(before?.n).toBe(2);
});

it('a running folder is not entered a second time, by whatever path', async () => {
  const first = await run(original);
  await query(first, 'create table kept (n int)');
  const before = await life(first);
  const alias = path.join(base, 'alias');
  symlinkSync(original, alias);
  for (const dataDir of [original, alias]) {
    expect(() => lockFolder(dataDir)).toThrow(`est déjà utilisé (processus ${process.pid})`);
    // Nor its database, by whoever forgets to ask for the data folder.
    await expect(startPostgres({ dataDir, password })).rejects.toThrow('est déjà utilisé');
  }
  expect(await life(first)).toEqual(before);
});

it('a copy of a folder whose database lies elsewhere leaves that database alone, running or not', async () => {
  const elsewhere = path.join(base, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(path.join(original, 'postgres.location'), elsewhere);
  const first = await run(original);
  await query(first, 'create table kept (n int)');
  const before = await life(first);
  copyFolder();
  await expect(startPostgres({ dataDir: copy, password })).rejects.toThrow(`est une copie de ${original}`);
  expect(await life(first)).toEqual(before);
  await servers.pop()?.stop();
  await expect(startPostgres({ dataDir: copy, password })).rejects.toThrow(`est une copie de ${original}`);
  // A version before 0.4.0 did not note whose it is: the lock of the database itself still counts.
  rmSync(path.join(elsewhere, 'data-folder'));
  const unlock = lockFolder(elsewhere);
  await expect(startPostgres({ dataDir: copy, password })).rejects.toThrow('est déjà utilisé');
  unlock();
});

it('a folder that was moved keeps its database; one whose database is gone does not begin an empty one', async () => {
  const elsewhere = path.join(base, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(path.join(original, 'postgres.location'), elsewhere);
  await query(await start(original), 'create table kept (n int)');
  await servers.pop()?.stop();
  renameSync(original, copy);
  expect(await life(await start(copy))).toMatchObject({ n: 0 });
  await servers.pop()?.stop();
  rmSync(elsewhere, { recursive: true });
  await expect(startPostgres({ dataDir: copy, password })).rejects.toThrow('qui manque');
});

it('of many that find the lock of a dead run, one gets the folder', async () => {
  const script = `
    import { lockFolder } from ${JSON.stringify(path.join(projectRoot, 'scripts/stack/machine/runLock.ts'))};
    process.stdin.once('data', () => {
      try { lockFolder(${JSON.stringify(original)}); console.log('mine'); } catch { console.log('not mine'); }
    });
    console.log('ready');`;
  writeFileSync(path.join(original, 'run.lock'), JSON.stringify({ pid: 2 ** 22 + 1, birthmark: '1' }));
  const contenders = Array.from({ length: 8 }, () => {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    return { child, printed: () => printed };
  });
  try {
    await expect
      .poll(() => contenders.every(({ printed }) => printed() === 'ready\n'), { timeout: 20_000 })
      .toBe(true);
    for (const { child } of contenders) child.stdin.write('go');
    const said = () => contenders.map(({ printed }) => printed().split('\n')[1]);
    await expect.poll(() => said().every(Boolean), { timeout: 20_000 }).toBe(true);
    expect(said().filter((word) => word === 'mine')).toHaveLength(1);
  } finally {
    for (const { child } of contenders) child.kill('SIGKILL');
  }
});
