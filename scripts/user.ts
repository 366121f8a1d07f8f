import { grantRole, signUp } from './stack/accounts.ts';
import { dataDirFrom } from './stack/dataDir.ts';
import { LaunchError } from './stack/launchError.ts';
import { runningStack } from './stack/localInfo.ts';
import { loadSecrets, readablePassword } from './stack/secrets.ts';
import { tellFailure } from './stack/steps.ts';

// `npm run user -- marie@exemple.fr member`: an account of the local stack, which keeps sign-up closed.
const dataDir = dataDirFrom(process.env);

async function main([email, role]: string[]): Promise<void> {
  if (!email?.includes('@') || (role !== 'admin' && role !== 'member')) {
    throw new LaunchError(
      'Donnez une adresse et un rôle : npm run user -- marie@exemple.fr member (ou admin).',
    );
  }
  const database = runningStack(dataDir)?.database_url;
  if (!database) throw new LaunchError('La pile locale ne tourne pas : lancez d’abord npm start.');
  const password = readablePassword();
  const isNew = await signUp(database, await loadSecrets(dataDir), { email, password });
  await grantRole(database, email, role);
  console.log(`✓ ${email} est ${role}.${isNew ? ` Mot de passe : ${password}` : ''}`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  tellFailure(dataDir, error);
  process.exitCode = 1;
}
