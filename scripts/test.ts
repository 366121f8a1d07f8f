import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildApp, buildIsFresh, nextEnv, nextProgram } from './stack/appBuild.ts';
import { dataDirFrom, logFile, openDataDir, projectRoot, readIfPresent } from './stack/dataDir.ts';
import { seconds } from './stack/steps.ts';
import { chromiumVersion, fetchChromium } from './testing/chromium.ts';
import { add, type Counts, nothing, one, playwrightCounts, vitestCounts } from './testing/counts.ts';

const dataDir = openDataDir(dataDirFrom(process.env));
const reports = mkdtempSync(path.join(os.tmpdir(), 'devlink-reports-'));
if (!process.stdout.isTTY) process.env.NO_COLOR = '1';

interface Outcome {
  counts: Counts;
  /** What to show when something failed. */
  output: string;
}

interface Suite {
  name: string;
  title: string;
  run(): Promise<Outcome>;
}

interface Ran {
  code: number;
  output: string;
}

function run(args: string[], env: NodeJS.ProcessEnv = nextEnv()): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: projectRoot, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => resolve({ code: 1, output: `${output}\n${error}` }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

const program = (file: string) => path.join(projectRoot, 'node_modules', file);

async function check(...args: string[]): Promise<Outcome> {
  const { code, output } = await run(args);
  return { counts: one(code === 0 ? 'passed' : 'failed'), output };
}

async function types(): Promise<Outcome> {
  // The types of routes and of Next's own imports are generated.
  const generated = await run([nextProgram, 'typegen']);
  if (generated.code !== 0) return { counts: one('failed'), output: generated.output };
  return check(program('typescript/bin/tsc'), '--noEmit');
}

async function vitest(project: string): Promise<Outcome> {
  const file = path.join(reports, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { code, output } = await run([
    program('vitest/vitest.mjs'),
    'run',
    '--project',
    project,
    ...reporters,
  ]);
  return { counts: vitestCounts(file, code), output };
}

let built: boolean | undefined;

async function build(): Promise<Outcome> {
  try {
    if (!buildIsFresh()) await buildApp(dataDir, new AbortController().signal);
    built = true;
    return { counts: one('passed'), output: '' };
  } catch {
    built = false;
    return { counts: one('failed'), output: readIfPresent(logFile(dataDir, 'build')) ?? '' };
  }
}

/** What runs the built app; skipped where it does not build. */
const withBuild = (run: () => Promise<Outcome>) => async (): Promise<Outcome> => {
  if (built === undefined) await build();
  if (built) return run();
  console.log('  Ces essais attendent une compilation réussie.');
  return { counts: one('skipped'), output: '' };
};

async function endToEnd(): Promise<Outcome> {
  try {
    const chromium = fetchChromium();
    console.log(`  ${chromiumVersion(chromium)}`);
    const file = path.join(reports, 'e2e.json');
    const env = { ...nextEnv(), CHROMIUM_PATH: chromium, PLAYWRIGHT_JSON_OUTPUT_NAME: file };
    const { code, output } = await run(
      [program('@playwright/test/cli.js'), 'test', '--reporter=list,json'],
      env,
    );
    return { counts: playwrightCounts(file, code), output };
  } catch (error) {
    return { counts: one('failed'), output: error instanceof Error ? error.message : String(error) };
  }
}

const suites: Suite[] = [
  { name: 'types', title: 'Types', run: types },
  { name: 'lint', title: 'Biome', run: () => check(program('@biomejs/biome/bin/biome'), 'check', '.') },
  { name: 'knip', title: 'Code mort (knip)', run: () => check(program('knip/bin/knip.js')) },
  { name: 'unit', title: 'Unitaires', run: () => vitest('unit') },
  { name: 'integration', title: 'Intégration', run: () => vitest('integration') },
  { name: 'build', title: 'Compilation', run: build },
  { name: 'chaos', title: 'Pannes provoquées', run: withBuild(() => vitest('chaos')) },
  { name: 'e2e', title: 'Bout en bout (Chromium)', run: withBuild(endToEnd) },
];

function chosen(names: string[]): Suite[] {
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    console.log(
      `✗ Suite inconnue : ${unknown.join(', ')}. Choisissez parmi ${suites.map(({ name }) => name).join(', ')}.`,
    );
    process.exit(1);
  }
  return names.length === 0 ? suites : suites.filter(({ name }) => names.includes(name));
}

let total = nothing;
for (const suite of chosen(process.argv.slice(2))) {
  const began = Date.now();
  console.log(`▶ ${suite.title}`);
  const { counts, output } = await suite.run();
  if (counts.failed > 0) console.log(output);
  const mark = counts.failed > 0 ? '✗' : counts.skipped > 0 ? '!' : '✓';
  const tally = `${counts.passed} réussis, ${counts.failed} échoués, ${counts.skipped} ignorés`;
  console.log(`${mark} ${suite.title} : ${tally} (${seconds(Date.now() - began)})`);
  total = add(total, counts);
}
rmSync(reports, { recursive: true, force: true });
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
