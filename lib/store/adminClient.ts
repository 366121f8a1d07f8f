import { createClient } from '@supabase/supabase-js';
import { env } from '@/lib/env';
import { secretKeyFetch } from './secretKey';
import type { Database, StoreClient } from './storeClient';
import { bounded } from './timeLimits';

let client: StoreClient | undefined;

/**
 * The client of the service itself: passes row-level security. For the dispatcher's verbs, for server code
 * that triggers events, and for nothing that a person asks for directly.
 */
export function adminClient(): StoreClient {
  client ??= createClient<Database>(env().SUPABASE_URL, env().SUPABASE_SECRET_KEY, {
    ...bounded,
    global: { fetch: secretKeyFetch },
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  return client;
}
