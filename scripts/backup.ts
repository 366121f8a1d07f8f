import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { loadSecrets } from './stack/api/secrets.ts';
import { runningStack } from './stack/localInfo.ts';
import {
  dataDirFrom,
  keptFiles,
  openDataDir,
  productVersion,
  readIfPresent,
} from './stack/machine/dataDir.ts';
import { LaunchError } from './stack/machine/launchError.ts';
import { holderOf } from './stack/machine/runLock.ts';
import { fileArgument, megabytes, step, tellFailure } from './stack/machine/steps.ts';
import { writeBackup } from './stack/postgres/backupFile.ts';
import { takeBaseBackup } from './stack/postgres/baseBackup.ts';
import { appliedVersions } from './stack/postgres/migrations.ts';
import { startPostgres } from './stack/postgres/postgres.ts';
import { preparePostgresHome } from './stack/postgres/postgresHome.ts';
import { takeDataDir } from './stack/postgres/restore.ts';

// `npm run backup -- file.tar.gz`: all of the local stack in one file, while it runs or not. docs/backup.md says the rest.
const dataDir = openDataDir(dataDirFrom(process.env));

/** Runs the work on the database's address: that of the running stack, or of a server that is started for it. */
async function onDatabase(work: (url: string) => Promise<void>): Promise<void> {
  if (holderOf(dataDir) !== null) {
    const running = runningStack(dataDir);
    if (!running)
      throw new LaunchError('La pile locale est en train de démarrer ou de s’arrêter : réessayez ensuite.');
    if (!running.database_url)
      throw new LaunchError(
        'La base est celle d’un projet Supabase : sauvegardez-la avec pg_dump (docs/backup.md).',
      );
    return work(running.database_url);
  }
  const release = takeDataDir(dataDir);
  try {
    if (!existsSync(preparePostgresHome(dataDir).data))
      throw new LaunchError(`${dataDir} ne contient pas encore de données : rien à sauvegarder.`);
    const { databasePassword: password } = await loadSecrets(dataDir);
    const server = await startPostgres({ dataDir, password });
    try {
      await work(server.url('postgres'));
    } finally {
      await server.stop();
    }
  } finally {
    release();
  }
}

async function backUp(url: string, file: string): Promise<void> {
  const label = {
    format: 1,
    version: productVersion(),
    schema: (await appliedVersions(url)).at(-1) ?? '',
    made_at: new Date().toISOString(),
  } as const;
  const files = Object.fromEntries(
    keptFiles.map((name) => [name, readIfPresent(path.join(dataDir, name)) ?? '']),
  );
  await writeBackup(file, { label, files, takeDatabase: (take) => takeBaseBackup(url, take) });
}

try {
  const file = fileArgument('npm run backup -- sauvegarde.tar.gz');
  const done = () => `Sauvegarde écrite dans ${file}, ${megabytes(statSync(file).size)}`;
  await step('Sauvegarde', done, () => onDatabase((url) => backUp(url, file)));
} catch (error) {
  tellFailure(dataDir, error);
  process.exitCode = 1;
}
