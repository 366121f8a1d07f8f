import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { logFile, projectRoot, readIfPresent } from '../machine/dataDir.ts';
import { LaunchError } from '../machine/launchError.ts';

/** What `next build` never reads; everything else at the top is an input, folders yet unknown included. */
const notInputs = new Set(
  'node_modules .next .data .git .github .ci cli tests docs scripts supabase coverage test-results playwright-report next-env.d.ts Dockerfile compose.yaml .dockerignore'.split(
    ' ',
  ),
);

const stampFile = path.join(projectRoot, '.next/inputs.sha256');

function* inputFiles(dir: string): Generator<string> {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const file = path.join(dir, entry.name);
    if (dir === projectRoot && (notInputs.has(entry.name) || /\.(md|tsbuildinfo)$/.test(entry.name)))
      continue;
    if (entry.isDirectory()) yield* inputFiles(file);
    else if (entry.isFile()) yield file;
  }
}

/** One hash of everything the build depends on: sources, lock file, and where the project lies. */
function hashInputs(): string {
  const hash = createHash('sha256').update(projectRoot);
  for (const file of [...inputFiles(projectRoot)].sort()) {
    hash.update(`\0${path.relative(projectRoot, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** True when the present sources are already built. */
export function buildIsFresh(): boolean {
  const built = readIfPresent(path.join(projectRoot, '.next/BUILD_ID')) !== null;
  return built && readIfPresent(stampFile) === hashInputs();
}

/** The variables under which Next runs: not the caller's NODE_ENV, and silent towards its makers. */
export function nextEnv(): NodeJS.ProcessEnv {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', LITE_TELEMETRY: '0' };
  Reflect.deleteProperty(env, 'NODE_ENV');
  return env;
}

export const nextProgram = path.join(projectRoot, 'node_modules/next/dist/bin/next');

/** Builds the app; its output goes to the build log. The signal stops it. */
export async function buildApp(dataDir: string, signal: AbortSignal): Promise<void> {
  const hash = hashInputs();
  const log = openSync(logFile(dataDir, 'build'), 'w');
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(process.execPath, [nextProgram, 'build'], {
      cwd: projectRoot,
      env: nextEnv(),
      stdio: ['ignore', log, log],
      signal,
    });
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => closeSync(log));
  if (code !== 0) throw buildFailure(dataDir);
  writeFileSync(stampFile, hash);
}

function buildFailure(dataDir: string): LaunchError {
  const file = logFile(dataDir, 'build');
  const output = readIfPresent(file) ?? '';
  if (/ENOSPC|No space left/i.test(output))
    return new LaunchError('Le disque est plein : libérez de la place puis relancez.');
  if (/Another next build process/i.test(output)) {
    return new LaunchError(
      'Une autre compilation est en cours dans ce dossier : attendez qu’elle finisse puis relancez.',
    );
  }
  return new LaunchError(`La compilation a échoué : lisez ${file}, corrigez puis relancez.`, {
    cause: output.slice(-4000),
  });
}
