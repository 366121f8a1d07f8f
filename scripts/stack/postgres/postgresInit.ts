import { appendFileSync, chownSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { logFile, writePrivateFile } from '../machine/dataDir.ts';
import type { PostgresHome } from './postgresHome.ts';
import { postgresFailure, runProgram } from './postgresProgram.ts';

/** The cluster's owner, as on a hosted project; migrations run as the lesser role `postgres`. */
export const superuser = 'supabase_admin';

/** The same order of strings on every system; before Postgres 17 only on those that have the locale C.UTF-8. */
const localeOf = (major: number) =>
  major < 17 ? ['--locale=C.UTF-8'] : ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/** Makes the data of a new server (`initdb`). */
export async function initialisePostgres(
  home: PostgresHome,
  dataDir: string,
  password: string,
): Promise<void> {
  // Made under another name first: what an interrupted run leaves behind is never taken for data.
  const draft = path.join(home.folder, 'initialising');
  rmSync(draft, { recursive: true, force: true });
  const passwordFile = path.join(home.folder, 'password');
  writePrivateFile(passwordFile, `${password}\n`);
  if (home.user.uid !== undefined && home.user.gid !== undefined)
    chownSync(passwordFile, home.user.uid, home.user.gid);
  try {
    const { code, output } = await runProgram(
      'initdb',
      [
        `--pgdata=${draft}`,
        `--username=${superuser}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        ...localeOf(home.major),
        '--no-instructions',
      ],
      home,
    );
    appendFileSync(logFile(dataDir, 'postgres'), output);
    if (code !== 0) throw postgresFailure(output, 'Postgres n’a pas pu créer ses données.');
    renameSync(draft, home.data);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}
