import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { buildApp, buildIsFresh, nextEnv, nextProgram } from './stack/app/appBuild.ts';
import { dataDirFrom, logFile, openDataDir, projectRoot, readIfPresent } from './stack/machine/dataDir.ts';
import { seconds } from './stack/machine/steps.ts';
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

async function checkTypes(): Promise<Outcome> {
  // The types of routes and of Next's own imports are generated.
  const generated = await run([nextProgram, 'typegen']);
  if (generated.code !== 0) return { counts: one('failed'), output: generated.output };
  return check(program('typescript/bin/tsc'), '--noEmit');
}

/**
 * @param workers how many files of the project run at once: a file waits for a half of its time
 * @param choice which files of the project, as Vitest's arguments; all of them without any
 */
async function vitest(project: string, workers: number, ...choice: string[]): Promise<Outcome> {
  const file = path.join(reports, `${randomUUID()}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { code, output } = await run([
    program('vitest/vitest.mjs'),
    'run',
    '--project',
    project,
    `--maxWorkers=${workers}`,
    ...reporters,
    ...choice,
  ]);
  return { counts: vitestCounts(file, code), output };
}

async function build(): Promise<Outcome> {
  try {
    if (!buildIsFresh()) await buildApp(dataDir, new AbortController().signal);
    return { counts: one('passed'), output: '' };
  } catch {
    return { counts: one('failed'), output: readIfPresent(logFile(dataDir, 'build')) ?? '' };
  }
}

let onlyBuild: Promise<Outcome> | undefined;

/** One build for every suite that asks. */
const buildOnce = () => {
  onlyBuild ??= build();
  return onlyBuild;
};

/** What runs the built app; skipped where it does not build. */
const withBuild = (run: () => Promise<Outcome>) => async (): Promise<Outcome> => {
  if ((await buildOnce()).counts.passed > 0) return run();
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

const cores = os.availableParallelism();

/** Of the chaos files, those in which most of the time is waited out: for a process to end, to start, to be migrated. */
const waiting = ['shutdown', 'backup', 'upgrade'].map((name) => `tests/chaos/${name}.test.ts`);

const types: Suite = { name: 'types', title: 'Types', run: checkTypes };
const lint: Suite = {
  name: 'lint',
  title: 'Biome',
  run: () => check(program('@biomejs/biome/bin/biome'), 'check', '.'),
};
const knip: Suite = {
  name: 'knip',
  title: 'Code mort (knip)',
  run: () => check(program('knip/bin/knip.js')),
};
/** Of the unit tests, those that run scripts in processes, against the clock. */
const sandboxFiles = ['tests/unit/transformSandbox', 'tests/unit/transformLine'];
const unit: Suite = {
  name: 'unit',
  title: 'Unitaires',
  run: () => vitest('unit', 2 * cores, ...sandboxFiles.map((file) => `--exclude=${file}*`)),
};
const sandbox: Suite = {
  name: 'unit',
  title: 'Unitaires : scripts en bac à sable',
  run: () => vitest('unit', 1, ...sandboxFiles),
};
const sixth = (part: number): Suite => ({
  name: 'integration',
  title: `Intégration (${part}/6)`,
  run: () => vitest('integration', 1, `--shard=${part}/6`),
});
const compilation: Suite = { name: 'build', title: 'Compilation', run: buildOnce };
const stops: Suite = {
  name: 'chaos',
  title: 'Pannes provoquées : arrêts, sauvegardes, mises à jour',
  run: withBuild(() => vitest('chaos', 1, ...waiting)),
};
const faults: Suite = {
  name: 'chaos',
  title: 'Pannes provoquées : sous charge',
  // All the others, so that a new file is among them.
  run: withBuild(() => vitest('chaos', 1, ...waiting.map((file) => `--exclude=${file}`))),
};
const browser: Suite = { name: 'e2e', title: 'Bout en bout (Chromium)', run: withBuild(endToEnd) };

interface Stage {
  /** How many of its suites run beside each other. */
  atOnce: number;
  suites: Suite[];
}

/**
 * The stages follow one another. Within one, the next suite begins when one of those before it has ended: a suite waits much of
 * its time. Beside another one there may be only what promises no figure of speed: those are held by `npm run bench` and `npm
 * run chaos`, alone on the machine. What is held here of times are the limits of waits, with seconds to spare.
 */
const stages: Stage[] = [
  { atOnce: 2, suites: [types, lint, knip, compilation, unit] },
  // The integration tests in parts, so that all ends at much the same time.
  { atOnce: 3, suites: [sandbox, stops, sixth(1), sixth(2), faults, sixth(3), sixth(4), sixth(5), sixth(6)] },
  // Two browsers with a stack each take all of a small machine: beside anything else, both take longer than one after the other.
  { atOnce: 1, suites: [browser] },
];
const names = [...new Set(stages.flatMap(({ suites }) => suites.map(({ name }) => name)))];

function chosenOf(wanted: string[]): Stage[] {
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    console.log(`✗ Suite inconnue : ${unknown.join(', ')}. Choisissez parmi ${names.join(', ')}.`);
    process.exit(1);
  }
  if (wanted.length === 0) return stages;
  const isWanted = ({ name }: Suite) => wanted.includes(name);
  return stages.map(({ atOnce, suites }) => ({ atOnce, suites: suites.filter(isWanted) }));
}

/** Its lines stand between those of what runs beside it: both name the suite. */
async function runSuite({ title, run }: Suite): Promise<Counts> {
  const began = Date.now();
  console.log(`▶ ${title}`);
  const { counts, output } = await run();
  if (counts.failed > 0) console.log(output);
  const mark = counts.failed > 0 ? '✗' : counts.skipped > 0 ? '!' : '✓';
  const tally = `${counts.passed} réussis, ${counts.failed} échoués, ${counts.skipped} ignorés`;
  console.log(`${mark} ${title} : ${tally} (${seconds(Date.now() - began)})`);
  return counts;
}

async function runStage({ atOnce, suites }: Stage): Promise<Counts[]> {
  const left = [...suites];
  const counts: Counts[] = [];
  const lane = async () => {
    for (let suite = left.shift(); suite; suite = left.shift()) counts.push(await runSuite(suite));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return counts;
}

let total = nothing;
for (const stage of chosenOf(process.argv.slice(2)))
  for (const counts of await runStage(stage)) total = add(total, counts);
rmSync(reports, { recursive: true, force: true });
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
