import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { testAccounts } from '../tests/support/accounts.ts';
import { nextEnv } from './stack/app/appBuild.ts';
import { readDatabaseFacts } from './stack/hosted/databaseFacts.ts';
import { lookAtProject } from './stack/hosted/lookAtProject.ts';
import { missing, type Need, untried } from './stack/hosted/projectNeeds.ts';
import {
  endTrial,
  fillProject,
  makeAccounts,
  markTrial,
  type TriedProject,
  withDatabase,
} from './stack/hosted/projectTrial.ts';
import { checkHosted } from './stack/hostedCheck.ts';
import { dataDirFrom, openDataDir, projectRoot } from './stack/machine/dataDir.ts';
import { explain, LaunchError } from './stack/machine/launchError.ts';
import { note, step, tellFailure } from './stack/machine/steps.ts';

// `npm run check:hosted -- --url https://….supabase.co --service-key … --database-url postgres://…` tries whether this version
// runs on an empty project: what it lacks is looked for, the migrations are applied as its `postgres`, and the integration tests
// run that need nothing of the local stack. What follows the options chooses test files by parts of their names. Everything is
// taken away again, and what was found is said in the end.
const usage =
  'Donnez un projet neuf : npm run check:hosted -- --url https://….supabase.co --service-key … --database-url postgres://….';

interface Given {
  project: TriedProject;
  files: string[];
  /** Whether what an earlier trial left is taken away first. */
  clear: boolean;
}

function readArguments(): Given {
  const text = { type: 'string' } as const;
  try {
    const { values, positionals: files } = parseArgs({
      options: {
        url: text,
        'publishable-key': text,
        'service-key': text,
        'database-url': text,
        clear: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const { url, 'service-key': secretKey, 'database-url': databaseUrl, clear } = values;
    if (url && secretKey && databaseUrl && URL.canParse(url) && URL.canParse(databaseUrl)) {
      const publishableKey = values['publishable-key'] ?? null;
      return { project: { url, publishableKey, secretKey, databaseUrl }, files, clear };
    }
  } catch (cause) {
    throw new LaunchError(usage, { cause });
  }
  throw new LaunchError(usage);
}

interface Report {
  numTotalTests: number;
  testResults: { name: string; status: string; assertionResults: { status: string }[] }[];
}

/** Failed tests by file; a file that did not load counts as one. */
function failuresOf({ testResults }: Report): string[] {
  return testResults
    .filter(({ status }) => status === 'failed')
    .map(({ name, assertionResults }) => {
      const failed = assertionResults.filter(({ status }) => status === 'failed').length;
      return `${path.basename(name)} (${Math.max(1, failed)})`;
    });
}

/** Runs the tests, which tell for themselves. @returns what they found */
async function runTests(project: TriedProject, files: string[], stopped: AbortSignal): Promise<Need[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'devlink-check-'));
  const report = path.join(folder, 'report.json');
  const tags = project.publishableKey ? '!local' : '!local && !publishable';
  const args = ['run', '--project=integration', `--tags-filter=${tags}`, '--no-file-parallelism'];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  try {
    const code = await new Promise((resolve, reject) => {
      const vitest = path.join(projectRoot, 'node_modules/vitest/vitest.mjs');
      const child = spawn(process.execPath, [vitest, ...args, ...reporters, ...files], {
        cwd: projectRoot,
        env: { ...nextEnv(), DEVLINK_TEST_PROJECT: JSON.stringify(project) },
        stdio: 'inherit',
      });
      stopped.addEventListener('abort', () => child.kill('SIGTERM'));
      if (stopped.aborted) child.kill('SIGTERM');
      child.once('error', reject);
      child.once('close', resolve);
    });
    stopped.throwIfAborted();
    if (code === 0) return [];
    const failures = failuresOf(JSON.parse(readFileSync(report, 'utf8')));
    return [
      missing(`Des essais échouent, voyez plus haut : ${failures.join(', ') || 'aucun n’a pu commencer'}.`),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const titles = {
  missing: 'Ce qui manque à ce projet :',
  advice: 'Ce qui est conseillé :',
  untried: 'Ce qui n’a pas été essayé :',
} as const;

function tell(needs: Need[]): void {
  if (!needs.some(({ weight }) => weight === 'missing')) console.log('\nIl ne manque rien à ce projet.');
  for (const weight of ['missing', 'advice', 'untried'] as const) {
    const sentences = needs.filter((need) => need.weight === weight).map(({ sentence }) => sentence);
    if (sentences.length > 0)
      console.log(`\n${titles[weight]}\n${sentences.map((one) => `  - ${one}`).join('\n')}`);
  }
}

const neverTried = [
  untried(
    'les courriels (invitation, mot de passe oublié), que le serveur d’authentification envoie lui-même.',
  ),
  untried(
    'l’appel du cron, et la taille du pool de l’API (db-pool), qui ne se lit pas d’ici : 10 suffisent.',
  ),
];
const withoutKey = untried(
  'la clé publique, et ce que voit quelqu’un qui n’est pas connecté : donnez --publishable-key.',
);

async function tryOut({ project, files, clear }: Given, stopped: AbortSignal): Promise<Need[]> {
  const addresses = Object.values(testAccounts).map(({ email }) => email);
  if (clear) {
    const { leftOver } = await withDatabase(project.databaseUrl, readDatabaseFacts);
    if (leftOver)
      await step('Nettoyage', 'Traces de l’essai interrompu effacées', () => endTrial(project, addresses));
  }
  const needs = await step('Examen du projet', 'Projet examiné', () => lookAtProject(project));
  if (needs.some(({ weight }) => weight === 'missing')) return needs;
  needs.push(...neverTried, ...(project.publishableKey ? [] : [withoutKey]));
  const made: string[] = [];
  try {
    stopped.throwIfAborted();
    await markTrial(project);
    await step('Application des migrations', 'Migrations appliquées', () => fillProject(project));
    stopped.throwIfAborted();
    const supabase = {
      url: project.url,
      publishable_key: project.publishableKey ?? project.secretKey,
      secret_key: project.secretKey,
    };
    await step('Vérification des clés', 'Clés acceptées', () => checkHosted({ supabase }));
    await makeAccounts(project, Object.values(testAccounts), made);
    stopped.throwIfAborted();
    needs.push(...(await runTests(project, files, stopped)));
  } catch (error) {
    if (!stopped.aborted) {
      note(dataDir, error);
      needs.push(missing(explain(error, dataDir)));
    }
  } finally {
    await step('Remise en l’état', 'Projet remis en l’état', () => endTrial(project, made));
  }
  if (stopped.aborted) needs.push(missing('L’essai a été interrompu : relancez-le.'));
  return needs;
}

const dataDir = openDataDir(dataDirFrom(process.env));
try {
  const given = readArguments();
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort());
  process.on('disconnect', () => stopped.abort());
  // A terminal that is gone is no reason to leave anything behind.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const needs = await tryOut(given, stopped.signal);
  tell(needs);
  if (needs.some(({ weight }) => weight === 'missing')) process.exitCode = 1;
} catch (error) {
  tellFailure(dataDir, error);
  process.exitCode = 1;
}
if (process.connected) process.disconnect?.();
