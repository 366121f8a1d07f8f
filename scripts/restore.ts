import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { dataDirFrom, keptFiles, openDataDir } from './stack/machine/dataDir.ts';
import { LaunchError } from './stack/machine/launchError.ts';
import { lockFolder } from './stack/machine/runLock.ts';
import { fileArgument, step, tellFailure } from './stack/machine/steps.ts';
import { type BackupLabel, readBackup } from './stack/postgres/backupFile.ts';
import { newestVersion } from './stack/postgres/migrations.ts';
import { clearFormerRun } from './stack/postgres/postgres.ts';
import {
  forgetOthersHome,
  giveAllTo,
  type PostgresHome,
  preparePostgresHome,
} from './stack/postgres/postgresHome.ts';
import { postgresFailure, runProgram } from './stack/postgres/postgresProgram.ts';
import { draftIn, replace, takeDataDir } from './stack/postgres/restore.ts';

// `npm run restore -- file.tar.gz`: the local stack as it was when the backup was made; what is there now is kept aside.
const dataDir = openDataDir(dataDirFrom(process.env));

function accept({ format, version, schema }: BackupLabel): void {
  if (format === 1 && schema <= newestVersion()) return;
  throw new LaunchError(
    `La sauvegarde vient d’une version plus récente (${version}) : installez cette version, puis rétablissez-la. Rien n’a été modifié.`,
  );
}

/** Unpacks and checks the backup beside what is there. Once this returns it is on the disk, whatever happens to the machine. */
async function unpack(file: string, home: PostgresHome, folder: string): Promise<BackupLabel> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(path.join(folder, 'data'), { recursive: true, mode: 0o700 });
  const label = await readBackup(file, { folder, fileNames: keptFiles, accept });
  giveAllTo(home.user, folder);
  const { code, output } = await runProgram(
    'initdb',
    ['--sync-only', `--pgdata=${path.join(folder, 'data')}`],
    home,
  );
  if (code !== 0) throw postgresFailure(output, 'La sauvegarde n’a pas pu être écrite sur le disque.');
  return label;
}

/** Returns when the backup was made, and where what it replaces is kept; null when there was nothing. */
async function restore(file: string): Promise<{ madeAt: string; kept: string | null }> {
  const release = takeDataDir(dataDir);
  try {
    forgetOthersHome(dataDir);
    const home = preparePostgresHome(dataDir);
    const unlock = lockFolder(home.folder);
    const draft = draftIn(home.folder);
    try {
      await clearFormerRun(home);
      const label = await unpack(file, home, draft).catch((error: unknown) => {
        rmSync(draft, { recursive: true, force: true });
        throw error;
      });
      const kept = path.join(home.folder, `replaced-${new Date().toISOString().replaceAll(':', '-')}`);
      replace(dataDir, home.folder, kept);
      return { madeAt: label.made_at, kept: existsSync(path.join(kept, 'data')) ? kept : null };
    } finally {
      unlock();
    }
  } finally {
    release();
  }
}

try {
  const file = fileArgument('npm run restore -- sauvegarde.tar.gz');
  const { kept } = await step(
    'Rétablissement',
    ({ madeAt }) => `Sauvegarde du ${madeAt} rétablie : lancez npm start`,
    () => restore(file),
  );
  if (kept) console.log(`  Ce qu’elle remplace est gardé dans ${kept} : supprimez-le quand il ne sert plus.`);
} catch (error) {
  tellFailure(dataDir, error);
  process.exitCode = 1;
}
