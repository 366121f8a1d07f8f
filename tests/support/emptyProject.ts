import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { preparePlatform } from '../../scripts/stack/api/platform.ts';
import { superuser } from '../../scripts/stack/postgres/postgresInit.ts';
import { requireCluster } from './database.ts';

/** A database of the local stack as a new Supabase project has it: roles and schemas, and nothing of ours. */
export interface EmptyProject {
  /** For `postgres`, who is no superuser, or another role. */
  url(role?: string): string;
  drop(): Promise<void>;
}

export async function emptyProject(): Promise<EmptyProject> {
  const { port, secrets } = requireCluster();
  const database = `empty_${randomBytes(6).toString('hex')}`;
  const url = (name: string, role: string) =>
    `postgres://${role}:${secrets.databasePassword}@127.0.0.1:${port}/${name}`;
  const onServer = async (statement: string) => {
    const sql = postgres(url('postgres', superuser), { max: 1, onnotice: () => {} });
    await sql.unsafe(statement);
    await sql.end();
  };
  await onServer(`create database ${database}`);
  await preparePlatform({ url: (name) => url(name, superuser) }, database, secrets.databasePassword);
  return {
    url: (role = 'postgres') => url(database, role),
    drop: () => onServer(`drop database ${database} with (force)`),
  };
}
