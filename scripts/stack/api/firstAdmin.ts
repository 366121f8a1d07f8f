import path from 'node:path';
import postgres from 'postgres';
import { readIfPresent, writePrivateFile } from '../machine/dataDir.ts';
import { LaunchError } from '../machine/launchError.ts';
import { type Account, grantRole, signUp } from './accounts.ts';
import { readablePassword, type StackSecrets } from './secrets.ts';

const adminEmail = 'admin@devlink.local';

interface KeptAccount extends Account {
  /** False while the account is being made, so that an interrupted first run is completed by the next. */
  ready: boolean;
}

async function accountExists(databaseUrl: string): Promise<boolean> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const rows = await sql`select from auth.users where email = ${adminEmail}`;
    return rows.length > 0;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Keeps the first administrator's password up to date where it was changed: what a start prints is to be true. */
export function keepPassword(dataDir: string, { email, password }: Account): void {
  const file = path.join(dataDir, 'admin.json');
  const text = readIfPresent(file);
  if (text === null || email !== adminEmail) return;
  writePrivateFile(file, `${JSON.stringify({ ...JSON.parse(text), password }, null, 2)}\n`);
}

/** The first administrator: made on the first run, its sign-in kept in `admin.json` for the following ones. */
export async function ensureFirstAdmin(
  dataDir: string,
  databaseUrl: string,
  secrets: StackSecrets,
): Promise<Account> {
  const file = path.join(dataDir, 'admin.json');
  const text = readIfPresent(file);
  const exists = await accountExists(databaseUrl);
  if (text === null && exists) {
    throw new LaunchError(
      `Le compte ${adminEmail} existe mais ${file} manque : rétablissez ce fichier, ou repartez d’un dossier de données vide.`,
    );
  }
  const kept: KeptAccount = text
    ? (JSON.parse(text) as KeptAccount)
    : { email: adminEmail, password: readablePassword(), ready: false };
  if (!exists || !kept.ready) {
    const save = (ready: boolean) =>
      writePrivateFile(file, `${JSON.stringify({ ...kept, ready }, null, 2)}\n`);
    save(false);
    await signUp(databaseUrl, secrets, kept);
    await grantRole(databaseUrl, kept.email, 'admin');
    save(true);
  }
  return { email: kept.email, password: kept.password };
}
