import { createServerClient } from '@supabase/ssr';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { cookies, headers } from 'next/headers';
import { env } from '@/lib/env';
import { bounded, requestLimit, within } from './timeLimits';

const bearer = /^Bearer +(\S+)$/i;

/** Whether the current request brings a session at all, valid or not. Costs no call. */
export async function bringsSession(): Promise<boolean> {
  if (bearer.test((await headers()).get('authorization') ?? '')) return true;
  return (await cookies()).getAll().some(({ name }) => name.startsWith('sb-'));
}

/**
 * The client of the person behind the current request, known by `Authorization: Bearer <access token>` or by
 * the session cookie. Row-level security applies. Only within a request.
 * @throws WebhookError `timeout` when a session that is over cannot be refreshed in time
 */
export async function sessionClient(): Promise<SupabaseClient> {
  const token = bearer.exec((await headers()).get('authorization') ?? '')?.[1];
  if (token) {
    return createClient(env().SUPABASE_URL, env().SUPABASE_PUBLISHABLE_KEY, {
      ...bounded,
      accessToken: async () => token,
    });
  }
  const jar = await cookies();
  const client = createServerClient(env().SUPABASE_URL, env().SUPABASE_PUBLISHABLE_KEY, {
    ...bounded,
    cookies: {
      getAll: () => jar.getAll(),
      setAll: (changes) => {
        try {
          for (const { name, value, options } of changes) jar.set(name, value, options);
        } catch {
          // Server components may not set cookies; proxy.ts refreshes the session for them.
        }
      },
    },
  });
  // Here, where it is bounded, and not within the first call.
  await within(requestLimit, client.auth.getSession());
  return client;
}
