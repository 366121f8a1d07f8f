import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { logFile, readIfPresent } from './dataDir.ts';
import { freePort } from './freePort.ts';
import { LaunchError } from './launchError.ts';
import { type PostgresHome, preparePostgresHome } from './postgresHome.ts';
import { initialisePostgres, superuser } from './postgresInit.ts';
import { logTail, postgresFailure, runProgram } from './postgresProgram.ts';
import { commandLine, isAlive, stopProcess } from './processes.ts';

/** A running server on loopback. */
export interface PostgresServer {
  port: number;
  home: PostgresHome;
  /** Connection string for the superuser, or for another role with the same password. */
  url(database: string, role?: string): string;
  /** Settles when the server's process ends, asked or not. */
  exited: Promise<void>;
  stop(): Promise<void>;
}

interface PostgresOptions {
  dataDir: string;
  password: string;
  /** Throw-away data: no flushing to disk. */
  temporary?: boolean;
}

/** Starts the server on a free loopback port, making its data on the first run and clearing a dead run's traces. */
export async function startPostgres({
  dataDir,
  password,
  temporary = false,
}: PostgresOptions): Promise<PostgresServer> {
  const home = preparePostgresHome(dataDir);
  if (!existsSync(home.data)) await initialisePostgres(home, dataDir, password);
  await clearFormerRun(home);
  const port = await freePort();
  const child = launch(home, port, dataDir, temporary);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = (database: string, role = superuser) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
  const guard = guardAgainstOrphan(child);
  const stop = async () => {
    if (child.pid && child.exitCode === null && child.signalCode === null) await stopServer(home, child.pid);
    await exited;
    guard?.kill('SIGKILL');
  };
  try {
    await waitUntilReady(url('postgres'), child, dataDir);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, home, url, exited, stop };
}

function pidOf(home: PostgresHome): number | null {
  const first = readIfPresent(path.join(home.data, 'postmaster.pid'))?.split('\n')[0];
  const pid = Number.parseInt(first ?? '', 10);
  return Number.isInteger(pid) && pid > 0 ? pid : null;
}

/** A server that outlived its launcher is stopped; a pid file whose process is gone, or is another program now, is removed. */
async function clearFormerRun(home: PostgresHome): Promise<void> {
  const pid = pidOf(home);
  if (pid === null) return;
  if (isAlive(pid) && commandLine(pid)?.includes(home.data)) await stopServer(home, pid);
  else rmSync(path.join(home.data, 'postmaster.pid'), { force: true });
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

function launch(home: PostgresHome, port: number, dataDir: string, temporary: boolean): ChildProcess {
  const log = openSync(logFile(dataDir, 'postgres'), 'a');
  const child = spawn(path.join(home.bin, 'postgres'), ['-D', home.data, ...settings(port, temporary)], {
    ...home.user,
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    // A group of its own: Ctrl-C in the terminal must not reach it before the app has ended.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return child;
}

/** A shell that waits for this process to vanish, however it dies, and then stops the server. */
function guardAgainstOrphan(server: ChildProcess): ChildProcess | null {
  if (process.platform === 'win32' || !server.pid) return null;
  const guard = spawn('/bin/sh', ['-c', `read -r _; kill -INT ${server.pid} 2>/dev/null`], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  return guard;
}

async function waitUntilReady(url: string, child: ChildProcess, dataDir: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  let spawnError: Error | undefined;
  child.once('error', (error) => {
    spawnError = error;
  });
  for (;;) {
    if (spawnError) throw spawnError;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw postgresFailure(logTail(dataDir), 'Postgres s’est arrêté en démarrant.');
    }
    const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
    try {
      await sql`select 1`;
      return;
    } catch (error) {
      if ((error as { code?: string }).code === '28P01') throw wrongPassword(dataDir, error);
      if (Date.now() > deadline) throw postgresFailure(logTail(dataDir), 'Postgres ne répond pas.');
      await sleep(50);
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
}

function wrongPassword(dataDir: string, cause: unknown): LaunchError {
  const sentence = `Le fichier ${path.join(dataDir, 'secrets.json')} ne va pas avec les données de Postgres : rétablissez-le, ou supprimez le dossier de données pour repartir de zéro.`;
  return new LaunchError(sentence, { cause });
}
