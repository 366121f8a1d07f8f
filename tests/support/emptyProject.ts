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

/** @param grants what new objects give to the API's roles, where it is not what new projects have */
export async function emptyProject(grants?: string): Promise<EmptyProject> {
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
  const server = { url: (name: string) => url(name, superuser) };
  await preparePlatform(server, database, secrets.databasePassword, grants);
  return {
    url: (role = 'postgres') => url(database, role),
    drop: () => onServer(`drop database ${database} with (force)`),
  };
}
