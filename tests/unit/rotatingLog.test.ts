import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLog, outputRead } from '../../scripts/stack/machine/rotatingLog';

let dataDir: string;
let logs: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'devlink-logs-'));
  logs = path.join(dataDir, 'logs');
  mkdirSync(logs);
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const read = (name: string) => readFileSync(path.join(logs, name), 'utf8');
const limits = { size: '20K', files: 5 } as const;
const line = (n: number) => `${String(n).padStart(99, '.')}\n`;

/** Writes as a program does that waits for nobody, in many turns. */
async function writeLines(log: ReturnType<typeof openLog>, from: number, count: number): Promise<void> {
  for (let n = from; n < from + count; n++) {
    log.write(line(n));
    if (n % 20 === 0) await new Promise(setImmediate);
  }
}

it('what is written beyond the limit goes into five files, the newest lines kept, whole and in order', async () => {
  const log = openLog(dataDir, 'app', limits);
  await writeLines(log, 0, 5000); // 500 KB
  await log.close();
  const names = readdirSync(logs).sort();
  expect(names).toEqual(['app.log', 'app.log.1', 'app.log.2', 'app.log.3', 'app.log.4']);
  const sizes = names.map((name) => statSync(path.join(logs, name)).size);
  // What one turn of the writer brings may come on top.
  expect(Math.max(...sizes)).toBeLessThan(20 * 1024 + 20 * 100);
  const kept = names.toReversed().map(read).join('');
  const first = Number(kept.split('\n')[0]?.replace(/^\.+/, ''));
  expect(first).toBeGreaterThan(3500);
  expect(kept).toBe(Array.from({ length: 5000 - first }, (_, n) => line(first + n)).join(''));
  expect(log.tail()).toBe(kept.slice(-4000));
  expect(statSync(path.join(logs, 'app.log')).mode & 0o077).toBe(0);
});

it('a file that a former run left is gone on with, and counts', async () => {
  for (const from of [0, 150, 300]) {
    const log = openLog(dataDir, 'app', limits);
    await writeLines(log, from, 150); // 15 KB
    await log.close();
  }
  const names = readdirSync(logs).sort();
  expect(names.length).toBeGreaterThan(1);
  expect(names.toReversed().map(read).join('')).toBe(Array.from({ length: 450 }, (_, n) => line(n)).join(''));
});

it('the last words of a process that dies are in the log and in its tail', async () => {
  const log = openLog(dataDir, 'app', limits);
  const child = spawn(process.execPath, [
    '-e',
    'console.log("x".repeat(100_000)); console.error("last words"); process.exit(1)',
  ]);
  log.take(child.stdout, child.stderr);
  await once(child, 'exit');
  await outputRead(child);
  expect(log.tail()).toContain('last words');
  await log.close();
  expect(readdirSync(logs).map(read).join('').length).toBe(100_001 + 'last words\n'.length);
});

it('who prints never waits for a log that cannot be written', async () => {
  rmSync(logs, { recursive: true });
  const log = openLog(path.join(dataDir, '\0nowhere'), 'app', limits);
  const child = spawn(process.execPath, [
    '-e',
    'for (let n = 0; n < 2000; n++) console.log("x".repeat(1000))',
  ]);
  log.take(child.stdout, child.stderr);
  expect(await once(child, 'exit')).toEqual([0, null]);
  await log.close();
});
