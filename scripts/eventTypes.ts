import { writeFileSync } from 'node:fs';
import postgres from 'postgres';
import { eventDeclarations, type RegisteredType } from './eventDeclarations.ts';
import { runningStack } from './stack/localInfo.ts';
import { dataDirFrom } from './stack/machine/dataDir.ts';
import { LaunchError } from './stack/machine/launchError.ts';
import { tellFailure } from './stack/machine/steps.ts';

// `npm run types:events`, or `npm run types:events -- postgres://…`: writes events.d.ts from the registry of event types.
const dataDir = dataDirFrom(process.env);
const file = 'events.d.ts';

async function main([given]: string[]): Promise<void> {
  const url = given ?? process.env.DATABASE_URL ?? runningStack(dataDir)?.database_url;
  if (!url || !/^postgres(ql)?:\/\//.test(url))
    throw new LaunchError(
      'Lancez d’abord npm start, ou donnez l’adresse de la base : npm run types:events -- postgres://postgres:…@hôte:5432/postgres (ou DATABASE_URL).',
    );
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const types = await sql<RegisteredType[]>`
      select name, schema, sample, deprecated_at is not null as deprecated from public.webhook_event_types order by name`;
    writeFileSync(file, eventDeclarations(types));
  } finally {
    await sql.end();
  }
  console.log(`✓ ${file} est à jour.`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  tellFailure(dataDir, error);
  process.exitCode = 1;
}
