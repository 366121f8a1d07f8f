import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { ensureFirstAdmin } from '../../scripts/stack/api/firstAdmin.ts';
import { preparePlatform } from '../../scripts/stack/api/platform.ts';
import { loadSecrets } from '../../scripts/stack/api/secrets.ts';
import { projectRoot } from '../../scripts/stack/machine/dataDir.ts';
import { migrate } from '../../scripts/stack/postgres/migrations.ts';
import { startPostgres } from '../../scripts/stack/postgres/postgres.ts';
import { temporaryDataDir } from './temporaryDataDir.ts';

/** Makes a data folder as version 0.1.0 left it when it was stopped: its schema, an administrator, and what `fill` writes. */
export async function oldDataDir(fill: (sql: Sql) => Promise<void>): Promise<string> {
  const dataDir = temporaryDataDir();
  const secrets = await loadSecrets(dataDir);
  const server = await startPostgres({ dataDir, password: secrets.databasePassword });
  const migrations = mkdtempSync(path.join(os.tmpdir(), 'devlink-0.1.0-'));
  try {
    const all = path.join(projectRoot, 'supabase/migrations');
    for (const file of readdirSync(all).filter((name) => name.startsWith('20261101')))
      cpSync(path.join(all, file), path.join(migrations, file));
    await preparePlatform(server, 'postgres', secrets.databasePassword);
    await migrate(server.url('postgres', 'postgres'), migrations);
    await ensureFirstAdmin(dataDir, server.url('postgres'), secrets);
    const sql = postgres(server.url('postgres'), { max: 1, onnotice: () => {} });
    try {
      await fill(sql);
    } finally {
      await sql.end();
    }
  } finally {
    await server.stop();
    rmSync(migrations, { recursive: true });
  }
  return dataDir;
}
