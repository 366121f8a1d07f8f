import { loadSecrets } from './stack/api/secrets.ts';
import { dataDirFrom, openDataDir } from './stack/machine/dataDir.ts';
import { tellFailure } from './stack/machine/steps.ts';
import { goBackToCopy } from './stack/postgres/databaseCopy.ts';
import { startPostgres } from './stack/postgres/postgres.ts';
import { takeDataDir } from './stack/postgres/restore.ts';

// `npm run rollback`: the local stack's database as it was before its last update, for the version from before it.
const dataDir = openDataDir(dataDirFrom(process.env));

try {
  const unlock = takeDataDir(dataDir);
  try {
    const { databasePassword: password } = await loadSecrets(dataDir);
    const server = await startPostgres({ dataDir, password });
    try {
      const aside = await goBackToCopy(server.url('template1'), 'postgres');
      console.log('✓ La base d’avant la mise à jour est de nouveau en place : lancez la version d’avant.');
      console.log(`  Celle d’après est gardée sous le nom ${aside}, avec ce qui a été accepté depuis.`);
    } finally {
      await server.stop();
    }
  } finally {
    unlock();
  }
} catch (error) {
  tellFailure(dataDir, error);
  process.exitCode = 1;
}
