import { randomBytes } from 'node:crypto';
import type { Account } from './api/accounts.ts';
import { ensureFirstAdmin } from './api/firstAdmin.ts';
import { preparePlatform } from './api/platform.ts';
import { loadSecrets } from './api/secrets.ts';
import { serveSupabaseApi } from './api/supabaseApi.ts';
import { LaunchError } from './machine/launchError.ts';
import { step, tellRestart } from './machine/steps.ts';
import { copyBeforeUpdate } from './postgres/databaseCopy.ts';
import { migrate, needsUpdate, newestVersion } from './postgres/migrations.ts';
import { startPostgres } from './postgres/postgres.ts';

/** Supabase and the database, ours or somebody else's. */
export interface Backend {
  /** Null with a project of one's own: its accounts are its own. */
  admin: Account | null;
  supabase: { url: string; publishable_key: string; secret_key: string };
  /** Null where sessions are signed with keys, or with a secret that we were not given. */
  jwt_secret: string | null;
  database_url: string | null;
  cron_secret: string;
}

export type Cleanup = () => unknown;

/** The local parts, in the order in which they need each other. */
export async function startLocalBackend(
  dataDir: string,
  cleanups: Cleanup[],
  fail: (error: unknown) => void,
): Promise<Backend> {
  const secrets = await loadSecrets(dataDir);
  const password = secrets.databasePassword;
  const server = await step('Démarrage de Postgres', 'Postgres prêt', () =>
    startPostgres({ dataDir, password, onRestart: tellRestart(dataDir) }),
  );
  cleanups.push(server.stop);
  server.failed.catch(fail);

  const url = server.url('postgres');
  const applied = (count: number) =>
    count === 0 ? 'Schéma à jour' : `Schéma à jour, ${count} migrations appliquées`;
  const owner = server.url('postgres', 'postgres');
  await step('Préparation de la base', 'Base prête', () => preparePlatform(server, 'postgres', password));
  if (await needsUpdate(owner)) {
    const kept = (copy: string) => `Base copiée sous le nom ${copy}`;
    await step('Copie de la base avant sa mise à jour', kept, () =>
      copyBeforeUpdate(server.url, 'postgres', newestVersion()),
    );
  }
  await step('Mise à jour du schéma', applied, () => migrate(owner));
  const admin = await step('Premier administrateur', 'Administrateur prêt', () =>
    ensureFirstAdmin(dataDir, url, secrets),
  );
  const api = await step('Démarrage de l’API Supabase', 'API Supabase prête', () =>
    serveSupabaseApi(url, secrets),
  );
  cleanups.push(api.stop);
  return {
    admin,
    supabase: { url: api.url, publishable_key: api.publishableKey, secret_key: api.secretKey },
    jwt_secret: secrets.jwtSecret,
    database_url: url,
    cron_secret: secrets.cronSecret,
  };
}

/** The project named by the environment; null when none is, a sentence when only half of it is. */
export function hostedBackend(env: NodeJS.ProcessEnv): Backend | null {
  const { SUPABASE_URL: url, SUPABASE_PUBLISHABLE_KEY: publishable, SUPABASE_SECRET_KEY: secret } = env;
  if (!url && !publishable && !secret) return null;
  if (!url || !publishable || !secret) {
    throw new LaunchError(
      'Il faut SUPABASE_URL, SUPABASE_PUBLISHABLE_KEY et SUPABASE_SECRET_KEY ensemble, ou aucune des trois pour la pile locale.',
    );
  }
  return {
    admin: null,
    supabase: { url, publishable_key: publishable, secret_key: secret },
    jwt_secret: env.SUPABASE_JWT_SECRET || null,
    database_url: null,
    cron_secret: env.CRON_SECRET || randomBytes(32).toString('hex'),
  };
}
