import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';

/** Chromium without the windows that nobody sees: the same engine, and half the time of a whole run. */
const shell = 'chromium-headless-shell';
const names = [shell, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function starts(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

function onPath(): string | null {
  for (const name of names) {
    for (const dir of (process.env.PATH ?? '').split(path.delimiter)) {
      const program = path.join(dir, name);
      if (existsSync(program) && starts(program)) return program;
    }
  }
  return null;
}

function ownOfPlaywright(): string | null {
  const program = chromium.executablePath();
  return existsSync(program) && starts(program) ? program : null;
}

/** The Chromium for the end-to-end tests: CHROMIUM_PATH, the system's, or Playwright's own; null when there is none. */
export function findChromium(): string | null {
  return process.env.CHROMIUM_PATH || onPath() || ownOfPlaywright();
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

function attempt(command: string, args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { env, stdio: 'ignore', timeout: 10 * 60_000 }).status === 0;
}

/** Only Debian's own package is a browser; Ubuntu's of the same name fetches a snap. */
function installFromDebian(): void {
  if (!isRoot() || !existsSync('/etc/os-release')) return;
  if (!/^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))) return;
  attempt('apt-get', ['update']);
  attempt('apt-get', ['install', '-y', '--no-install-recommends', shell]);
}

function installFromPlaywright(): void {
  const cli = path.join(import.meta.dirname, '../../node_modules/@playwright/test/cli.js');
  const withSystemLibraries = isRoot() && process.platform === 'linux' ? ['--with-deps'] : [];
  attempt(process.execPath, [cli, 'install', ...withSystemLibraries, 'chromium']);
}

/** The Chromium for the tests, fetched when there is none. Throws a sentence that says what to do when it cannot be had. */
export function fetchChromium(): string {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  if (path.basename(onPath() ?? '') !== shell) installFromDebian();
  const found = findChromium();
  if (found) return found;
  installFromPlaywright();
  const fetched = findChromium();
  if (fetched) return fetched;
  throw new Error(
    'Chromium est introuvable et n’a pas pu être téléchargé : installez-le (Debian : apt-get install chromium-headless-shell) ou donnez son chemin par CHROMIUM_PATH.',
  );
}

/** The version it prints, for the report of the tests. */
export function chromiumVersion(program: string): string {
  return execFileSync(program, ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
