import { spawn } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { testAccounts } from '../tests/support/accounts.ts';
import { nextEnv } from './stack/appBuild.ts';
import { dataDirFrom, openDataDir, projectRoot } from './stack/dataDir.ts';
import { checkHosted } from './stack/hostedCheck.ts';
import { LaunchError } from './stack/launchError.ts';
import {
  clearProject,
  fillProject,
  makeAccounts,
  removeAccounts,
  requireEmpty,
  type TriedProject,
} from './stack/projectTrial.ts';
import { step, tellFailure } from './stack/steps.ts';

// `npm run check:hosted -- --url https://….supabase.co --publishable-key … --service-key … --database-url postgres://…`
// tries whether this version runs on an empty project: the migrations as its `postgres`, and the integration tests that need
// nothing of the local stack. What follows the options chooses test files by parts of their names. Everything is taken away again.
const usage =
  'Donnez un projet neuf : npm run check:hosted -- --url https://….supabase.co --publishable-key … --service-key … --database-url postgres://….';

const names = ['url', 'publishable-key', 'service-key', 'database-url'] as const;

function readArguments(): { project: TriedProject; files: string[] } {
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [url, publishableKey, secretKey, databaseUrl] = names.map((name) => values[name]);
    if (typeof url === 'string' && typeof publishableKey === 'string' && typeof secretKey === 'string')
      if (typeof databaseUrl === 'string')
        return { project: { url, publishableKey, secretKey, databaseUrl }, files: positionals };
  } catch (cause) {
    throw new LaunchError(usage, { cause });
  }
  throw new LaunchError(usage);
}

/** @returns whether all tests passed; they tell for themselves */
function runTests(project: TriedProject, files: string[], stopped: AbortSignal): Promise<boolean> {
  const vitest = path.join(projectRoot, 'node_modules/vitest/vitest.mjs');
  const args = ['run', '--project=integration', '--tags-filter=!local', '--no-file-parallelism', ...files];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vitest, ...args], {
      cwd: projectRoot,
      env: { ...nextEnv(), DEVLINK_TEST_PROJECT: JSON.stringify(project) },
      stdio: 'inherit',
    });
    stopped.addEventListener('abort', () => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('close', (code) => resolve(code === 0));
  });
}

async function main(): Promise<void> {
  const { project, files } = readArguments();
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort());
  process.on('disconnect', () => stopped.abort());
  await requireEmpty(project);
  let accounts: string[] = [];
  try {
    await step('Application des migrations', 'Migrations appliquées', () => fillProject(project));
    const { url, publishableKey: publishable_key, secretKey: secret_key } = project;
    await step('Vérification des clés', 'Clés acceptées', () =>
      checkHosted({ supabase: { url, publishable_key, secret_key } }),
    );
    accounts = await makeAccounts(project, Object.values(testAccounts));
    await warnOfOpenSignUp(project);
    if (!(await runTests(project, files, stopped.signal))) process.exitCode = 1;
  } finally {
    await step('Remise en l’état', 'Projet remis en l’état', async () => {
      await clearProject(project);
      await removeAccounts(project, accounts);
    });
  }
}

async function warnOfOpenSignUp({ url, publishableKey }: TriedProject): Promise<void> {
  const response = await fetch(`${url.replace(/\/$/, '')}/auth/v1/settings`, {
    headers: { apikey: publishableKey },
  });
  const settings = (await response.json()) as { disable_signup?: boolean };
  if (settings.disable_signup === false)
    console.log('! L’inscription est ouverte : fermez-la dans les réglages du projet.');
}

try {
  await main();
} catch (error) {
  tellFailure(openDataDir(dataDirFrom(process.env)), error);
  process.exitCode = 1;
}
process.disconnect?.();
