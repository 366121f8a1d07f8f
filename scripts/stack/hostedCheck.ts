import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { schemaDifference, schemaVersion } from '../../lib/domain/schemaVersion.ts';
import type { Backend } from './backend.ts';
import { LaunchError } from './machine/launchError.ts';

/** Milliseconds for both questions together: whoever starts wants to know at once. */
const limitMs = 8000;
const cure = 'appliquez les migrations (npm run migrate -- postgres://…), puis relancez.';

/**
 * Asks a project of one's own whether it takes the keys and has the schema of this version, before anything is started on it.
 * @throws LaunchError that names what is wrong, and what to do
 */
export async function checkHosted({ supabase }: Pick<Backend, 'supabase'>): Promise<void> {
  const signal = AbortSignal.timeout(limitMs);
  const fetchInTime: typeof fetch = (input, init) => fetch(input, { ...init, signal });
  const options = {
    global: { fetch: fetchInTime },
    auth: { persistSession: false, autoRefreshToken: false },
  };
  await checkSecretKey(createClient(supabase.url, supabase.secret_key, options), supabase.url);
  await checkPublishableKey(supabase, fetchInTime);
}

async function checkSecretKey(client: SupabaseClient, url: string): Promise<void> {
  const { data, error, status } = await client.rpc('webhook_schema_version');
  if (status === 401 || status === 403 || error?.code === '42501')
    throw new LaunchError(
      'SUPABASE_SECRET_KEY n’est pas acceptée par ce projet : copiez la clé secrète (sb_secret_… ou service_role) de ses réglages.',
      { cause: error },
    );
  if (error?.code === 'PGRST202' || status === 404)
    throw new LaunchError(`Le schéma de DevLink Webhooks manque dans ce projet : ${cure}`, { cause: error });
  if (error) throw unreachable(url, error);
  const difference = schemaDifference(data);
  if (difference === 'older')
    throw new LaunchError(
      `Le schéma du projet (${data}) est plus ancien que cette version (${schemaVersion}) : ${cure}`,
    );
  if (difference === 'newer')
    throw new LaunchError(
      `Le schéma du projet (${data}) est plus récent que cette version (${schemaVersion}) : installez la version de DevLink Webhooks qui va avec.`,
    );
}

/** The auth server takes no other key than the project's own, and its settings tell nothing secret. */
async function checkPublishableKey(
  { url, publishable_key }: Backend['supabase'],
  fetchInTime: typeof fetch,
): Promise<void> {
  const address = `${url.replace(/\/$/, '')}/auth/v1/settings`;
  const response = await fetchInTime(address, { headers: { apikey: publishable_key } }).catch((error) => {
    throw unreachable(url, error);
  });
  await response.body?.cancel();
  if (response.status === 401 || response.status === 403)
    throw new LaunchError(
      'SUPABASE_PUBLISHABLE_KEY n’est pas acceptée par ce projet : copiez la clé publique (sb_publishable_… ou anon) de ses réglages.',
    );
}

const unreachable = (url: string, cause: unknown) =>
  new LaunchError(
    `Le projet ${url} ne répond pas comme prévu : vérifiez SUPABASE_URL, le réseau, et que le projet n’est pas en pause.`,
    { cause },
  );
