import postgres, { type Sql } from 'postgres';
import { LaunchError } from '../machine/launchError.ts';
import { appliedVersions } from './migrations.ts';

const nameOf = (database: string, version: string) => `${database}_before_${version}`;

/**
 * Keeps the database as it is, under the name `<database>_before_<version>` on the same server, before it is brought to that
 * version: the last copy only. One that is there already stays when the database is half brought there, for then it alone is
 * as before; where nothing was applied since, what the database holds now is worth more. Nobody may be connected to the
 * database. A copy has its name once it is whole: Postgres makes it so. docs/upgrade.md says how to go back to it.
 * @param urlOf of a database on the server, for the superuser
 * @throws LaunchError when there is no room for it
 */
export async function copyBeforeUpdate(
  urlOf: (database: string) => string,
  database: string,
  version: string,
): Promise<string> {
  const sql = postgres(urlOf('template1'), { max: 1, onnotice: () => {} });
  const copy = nameOf(database, version);
  const schemaOf = async (name: string) => String(await appliedVersions(urlOf(name)));
  try {
    const copies = await namesLike(sql, nameOf(database, ''));
    const usable = await namesLike(sql, copy, 'usable');
    const stays = usable.includes(copy) && (await schemaOf(copy)) !== (await schemaOf(database));
    if (!stays) {
      await sql`drop database if exists ${sql(copy)}`;
      await makeCopy(sql, database, copy);
    }
    for (const old of copies.filter((name) => name !== copy)) await sql`drop database if exists ${sql(old)}`;
    return copy;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/**
 * Puts the copy in the database's place, and the database aside as `<database>_after_<version>`, with a number where that name
 * is taken by one from before. Nobody may be connected to either.
 * @returns under which name the present one is kept
 * @throws LaunchError when there is no copy, or somebody is connected
 */
export async function goBackToCopy(maintenanceUrl: string, database: string): Promise<string> {
  const sql = postgres(maintenanceUrl, { max: 1, onnotice: () => {} });
  try {
    const copy = (await namesLike(sql, nameOf(database, ''), 'usable')).at(-1);
    if (!copy)
      throw new LaunchError('Aucune copie d’avant une mise à jour n’est gardée ici : rien à remettre.');
    const name = copy.replace('_before_', '_after_');
    const taken = await namesLike(sql, name);
    let aside = name;
    for (let number = 2; taken.includes(aside); number += 1) aside = `${name}_${number}`;
    await sql.begin(async (transaction) => {
      await transaction`alter database ${transaction(database)} rename to ${transaction(aside)}`;
      await transaction`alter database ${transaction(copy)} rename to ${transaction(database)}`;
    });
    return aside;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** The databases whose names begin so; the usable ones are those that no interrupted `drop database` has begun to take away. */
async function namesLike(sql: Sql, start: string, which: 'all' | 'usable' = 'all'): Promise<string[]> {
  const rows = await sql<{ datname: string }[]>`
    select datname from pg_database where datname ^@ ${start} and (${which} = 'all' or datconnlimit <> -2) order by 1`;
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
