import { grantRole, setPassword, signUp } from './stack/api/accounts.ts';
import { keepPassword } from './stack/api/firstAdmin.ts';
import { loadSecrets, readablePassword } from './stack/api/secrets.ts';
import { runningStack } from './stack/localInfo.ts';
import { dataDirFrom } from './stack/machine/dataDir.ts';
import { LaunchError } from './stack/machine/launchError.ts';
import { tellFailure } from './stack/machine/steps.ts';

// `npm run user -- marie@exemple.fr member`: an account of the local stack, which keeps sign-up closed.
// `npm run user -- marie@exemple.fr password`: another password for it, as the local stack sends no mail.
const dataDir = dataDirFrom(process.env);

async function main([given, what]: string[]): Promise<void> {
  const email = given?.trim().toLowerCase();
  if (!email?.includes('@') || (what !== 'admin' && what !== 'member' && what !== 'password')) {
    throw new LaunchError(
      'Donnez une adresse et un rôle : npm run user -- marie@exemple.fr member (ou admin) ; ou password, pour un nouveau mot de passe.',
    );
  }
  const stack = runningStack(dataDir);
  const database = stack?.database_url;
  if (!stack || !database) throw new LaunchError('La pile locale ne tourne pas : lancez d’abord npm start.');
  const account = { email, password: readablePassword() };
  if (what === 'password') {
    await setPassword(database, stack.supabase, account);
    keepPassword(dataDir, account);
    console.log(`✓ Nouveau mot de passe de ${email} : ${account.password}`);
    return;
  }
  const isNew = await signUp(database, await loadSecrets(dataDir), account);
  await grantRole(database, email, what);
  console.log(`✓ ${email} est ${what}.${isNew ? ` Mot de passe : ${account.password}` : ''}`);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  tellFailure(dataDir, error);
  process.exitCode = 1;
}
