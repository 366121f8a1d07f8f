import { dataDirFrom, openDataDir } from './stack/machine/dataDir.ts';
import { LaunchError } from './stack/machine/launchError.ts';
import { step, tellFailure } from './stack/machine/steps.ts';
import { migrate } from './stack/postgres/migrations.ts';

// `npm run migrate -- postgres://postgres:…@db.….supabase.co:5432/postgres`, or with DATABASE_URL: brings a database of one's
// own to this version, as `supabase db push` does, and notes it where that does. Safe to repeat.
const dataDir = openDataDir(dataDirFrom(process.env));

function databaseUrl(): string {
  const url = process.argv[2] ?? process.env.DATABASE_URL;
  if (!url || !/^postgres(ql)?:\/\//.test(url))
    throw new LaunchError(
      'Donnez l’adresse de la base, celle du rôle postgres : npm run migrate -- postgres://postgres:…@hôte:5432/postgres (ou DATABASE_URL).',
    );
  return url;
}

try {
  const url = databaseUrl();
  const done = (count: number) =>
    count === 0 ? 'Schéma déjà à jour' : `Schéma à jour, ${count} migrations appliquées`;
  await step('Mise à jour du schéma', done, () => migrate(url));
} catch (error) {
  tellFailure(dataDir, error);
  process.exitCode = 1;
}
