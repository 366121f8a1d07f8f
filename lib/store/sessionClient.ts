import { createServerClient } from '@supabase/ssr';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { cookies, headers } from 'next/headers';
import { bearerToken } from '@/lib/domain/bearerToken';
import { env } from '@/lib/env';
import { sessionCookies, withLife } from './sessionCookies';
import { sessionFetch } from './sessionFetch';
import { bounded, requestLimit, within } from './timeLimits';

/** Whether the current request brings a session at all, valid or not. Costs no call. */
export async function bringsSession(): Promise<boolean> {
  if (bearerToken((await headers()).get('authorization'))) return true;
  return (await cookies()).getAll().some(({ name }) => name.startsWith('sb-'));
}

/**
 * The client of the person behind the current request, known by `Authorization: Bearer <access token>` or by
 * the session cookie. Row-level security applies. Only within a request.
 * @throws WebhookError `timeout` when a session that is over cannot be refreshed in time
 */
export async function sessionClient(): Promise<SupabaseClient> {
  const token = bearerToken((await headers()).get('authorization'));
  if (token) {
    return createClient(env().SUPABASE_URL, env().SUPABASE_PUBLISHABLE_KEY, {
      ...bounded,
      accessToken: async () => token,
    });
  }
  const client = await cookieClient();
  // Here, where it is bounded, and not within the first call.
  await within(requestLimit, client.auth.getSession());
  return client;
}

/** The client of the browser behind the current request, whatever else it brings: to sign in and out. */
export async function cookieClient(): Promise<SupabaseClient> {
  const jar = await cookies();
  return createServerClient(env().SUPABASE_URL, env().SUPABASE_PUBLISHABLE_KEY, {
    ...bounded,
    global: { fetch: sessionFetch },
    cookieOptions: sessionCookies((await headers()).get('x-forwarded-proto')),
    cookies: {
      getAll: () => jar.getAll(),
      setAll: (changes) => {
        try {
          for (const { name, value, options } of changes) jar.set(name, value, withLife(options));
        } catch {
          // Server components may not set cookies; proxy.ts refreshes the session for them.
        }
      },
    },
  });
}
