import postgres, { type Sql } from 'postgres';
import { LaunchError } from './launchError.ts';

const nameOf = (database: string, version: string) => `${database}_before_${version}`;

/**
 * Keeps the database as it is, under the name `<database>_before_<version>` on the same server, before it is brought to that
 * version: the last copy only, and one that is there already stays, for what is there now may be half brought there. Nobody
 * may be connected to the database. docs/operations.md says how to go back to it.
 * @param maintenanceUrl of another database on the same server, for the superuser
 * @throws LaunchError when there is no room for it
 */
export async function copyBeforeUpdate(
  maintenanceUrl: string,
  database: string,
  version: string,
): Promise<string> {
  const sql = postgres(maintenanceUrl, { max: 1, onnotice: () => {} });
  const copy = nameOf(database, version);
  try {
    const copies = await copiesOf(sql, database);
    if (!copies.includes(copy)) await makeCopy(sql, database, copy);
    for (const old of copies.filter((name) => name !== copy)) await sql`drop database if exists ${sql(old)}`;
    return copy;
  } finally {
    await sql.end();
  }
}

/**
 * Puts the copy in the database's place, and the database aside as `<database>_after_<version>`. Nobody may be connected to either.
 * @returns under which name the present one is kept
 * @throws LaunchError when there is no copy, or somebody is connected
 */
export async function goBackToCopy(maintenanceUrl: string, database: string): Promise<string> {
  const sql = postgres(maintenanceUrl, { max: 1, onnotice: () => {} });
  try {
    const copy = (await copiesOf(sql, database)).at(-1);
    if (!copy)
      throw new LaunchError('Aucune copie d’avant une mise à jour n’est gardée ici : rien à remettre.');
    const aside = copy.replace('_before_', '_after_');
    await sql.begin(async (transaction) => {
      await transaction`alter database ${transaction(database)} rename to ${transaction(aside)}`;
      await transaction`alter database ${transaction(copy)} rename to ${transaction(database)}`;
    });
    return aside;
  } finally {
    await sql.end();
  }
}

async function copiesOf(sql: Sql, database: string): Promise<string[]> {
  const rows = await sql<{ datname: string }[]>`
    select datname from pg_database where datname ^@ ${nameOf(database, '')} order by 1`;
  return rows.map(({ datname }) => datname);
}

async function makeCopy(sql: Sql, database: string, copy: string): Promise<void> {
  try {
    await sql`create database ${sql(copy)} template ${sql(database)} strategy file_copy`;
  } catch (cause) {
    throw new LaunchError(
      `La copie de la base avant sa mise à jour a échoué (${(cause as Error).message}) : libérez autant de place qu’elle en occupe, puis relancez. Rien n’a été modifié.`,
      { cause },
    );
  }
}
