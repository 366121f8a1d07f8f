import { randomBytes, randomInt } from 'node:crypto';
import path from 'node:path';
import { generateApiKey } from '@supabase/lite';
import { readIfPresent, writePrivateFile } from '../machine/dataDir.ts';
import { LaunchError } from '../machine/launchError.ts';

/** Everything random that a local stack keeps between runs. */
export interface StackSecrets {
  publishableKey: string;
  secretKey: string;
  jwtSecret: string;
  databasePassword: string;
  cronSecret: string;
}

const syllables =
  'ba be bi bo bu da de di do du fa fe fi fo ga go ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu pa pe pi po ra re ri ro ru sa se si so su ta te ti to tu va ve vi vo za zo'.split(
    ' ',
  );

/** A password one can read aloud and type: four words and a number, about 70 bits. */
export function readablePassword(): string {
  const word = () => Array.from({ length: 3 }, () => syllables[randomInt(syllables.length)]).join('');
  return [word(), word(), word(), word(), randomInt(10, 100)].join('-');
}

export async function createSecrets(): Promise<StackSecrets> {
  const hex = (bytes: number) => randomBytes(bytes).toString('hex');
  return {
    publishableKey: (await generateApiKey('publishable')).key,
    secretKey: (await generateApiKey('secret')).key,
    jwtSecret: hex(32),
    databasePassword: hex(16),
    cronSecret: hex(32),
  };
}

/** The secrets kept in the data folder, made on the first run. */
export async function loadSecrets(dataDir: string): Promise<StackSecrets> {
  const file = path.join(dataDir, 'secrets.json');
  const text = readIfPresent(file);
  if (text !== null) return parseSecrets(text, file);
  const secrets = await createSecrets();
  writePrivateFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

function parseSecrets(text: string, file: string): StackSecrets {
  try {
    return JSON.parse(text) as StackSecrets;
  } catch (cause) {
    throw new LaunchError(
      `Le fichier ${file} est abîmé : rétablissez-le, ou supprimez le dossier de données pour repartir de zéro.`,
      { cause },
    );
  }
}
