import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { env } from '@/lib/env';
import { secretKeyFetch } from './secretKey';
import { bounded } from './timeLimits';

let client: SupabaseClient | undefined;

/**
 * The client of the service itself: passes row-level security. For the dispatcher's verbs, for server code
 * that triggers events, and for nothing that a person asks for directly.
 */
export function adminClient(): SupabaseClient {
  client ??= createClient(env().SUPABASE_URL, env().SUPABASE_SECRET_KEY, {
    ...bounded,
    global: { fetch: secretKeyFetch },
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  return client;
}
