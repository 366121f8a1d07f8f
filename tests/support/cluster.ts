import { rmSync } from 'node:fs';
import postgres from 'postgres';
import { grantRole, signUp } from '../../scripts/stack/api/accounts.ts';
import { preparePlatform } from '../../scripts/stack/api/platform.ts';
import { createSecrets, type StackSecrets } from '../../scripts/stack/api/secrets.ts';
import { migrate } from '../../scripts/stack/postgres/migrations.ts';
import { type PostgresServer, startPostgres } from '../../scripts/stack/postgres/postgres.ts';
import { removePostgresHome } from '../../scripts/stack/postgres/postgresHome.ts';
import { testAccounts } from './accounts.ts';
import { temporaryDataDir } from './temporaryDataDir.ts';

/** What a test file needs to make a database of its own; plain data, for it crosses processes. */
export interface TestCluster {
  port: number;
  template: string;
  secrets: StackSecrets;
}

/** Starts a throw-away server with a template database: platform, migrations and accounts. */
export async function startCluster(
  migrationsDir?: string,
): Promise<{ cluster: TestCluster; stop(): Promise<void> }> {
  const dataDir = temporaryDataDir();
  const secrets = await createSecrets();
  const server = await startPostgres({
    dataDir,
    password: secrets.databasePassword,
    temporary: true,
    programs: process.env.DEVLINK_TEST_POSTGRES, // `npm run check:postgres` tries other versions
  });
  const stop = async () => {
    await server.stop();
    removePostgresHome(server.home);
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    const template = await createTemplate(server, secrets, migrationsDir);
    return { cluster: { port: server.port, template, secrets }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function createTemplate(
  server: PostgresServer,
  secrets: StackSecrets,
  migrationsDir?: string,
): Promise<string> {
  const template = 'devlink_template';
  const sql = postgres(server.url('postgres'), { max: 1, onnotice: () => {} });
  await sql.unsafe(`create database ${template}`);
  await sql.end();
  await preparePlatform(server, template, secrets.databasePassword);
  await migrate(server.url(template, 'postgres'), migrationsDir);
  for (const account of Object.values(testAccounts)) await signUp(server.url(template), secrets, account);
  await grantRole(server.url(template), testAccounts.admin.email, 'admin');
  await grantRole(server.url(template), testAccounts.member.email, 'member');
  return template;
}
