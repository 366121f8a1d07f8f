import { createServerClient } from '@supabase/ssr';
import { createClient } from '@supabase/supabase-js';
import type { JWTPayload } from 'jose';
import { cookies, headers } from 'next/headers';
import { z } from 'zod';
import { bearerToken } from '@/lib/domain/bearerToken';
import { WebhookError } from '@/lib/domain/errors';
import { remembered } from '@/lib/domain/remembered';
import { holdsSession } from '@/lib/domain/sessionCookie';
import { env } from '@/lib/env';
import { type CheckedToken, checkToken } from './accessToken';
import { actingToken } from './actingToken';
import { authFetch } from './authFetch';
import { secretKeyFetch } from './secretKey';
import { sessionCookies, withLife } from './sessionCookies';
import { isUnanswered } from './sessionFetch';
import type { Database, StoreClient } from './storeClient';
import { bounded, sessionLimit, within } from './timeLimits';

/**
 * The access token of the current request, in `Authorization: Bearer` or in the session cookie, as far as it can be checked
 * without the database: who brings none, or one that is no person's, costs the database nothing.
 * @throws WebhookError `session_unchecked` when a session that has expired cannot be refreshed now
 */
export async function requestToken(): Promise<({ token: string } & CheckedToken) | null> {
  const token = bearerToken((await headers()).get('authorization')) ?? (await cookieToken());
  const checked = token === undefined ? null : await checkToken(token);
  return token !== undefined && checked ? { token, ...checked } : null;
}

async function cookieToken(): Promise<string | undefined> {
  if (!holdsSession((await cookies()).getAll())) return undefined;
  const { auth } = await cookieClient();
  const { data, error } = await within(sessionLimit, auth.getSession()).catch((late: unknown) => ({
    data: { session: null },
    error: late,
  }));
  if (!data.session && isUnanswered(error)) throw new WebhookError('session_unchecked', { cause: error });
  return data.session?.access_token;
}

/**
 * The client of the person behind the current request: row-level security applies. For a machine token it is the service's,
 * which passes it: what the token may do its route has asked. Only within a request.
 * @throws WebhookError `not_signed_in`, `session_unchecked`
 */
export const sessionClient = async (): Promise<StoreClient> => (await session()).client;

/**
 * The same with what the access token says, where that is proven; null: it is the service itself that calls, for a machine
 * token; undefined: only the database can tell whose the access token is.
 * @throws WebhookError `not_signed_in`, `session_unchecked`
 */
export async function session(): Promise<{
  client: StoreClient;
  claims: JWTPayload | null | undefined;
  /** The webhook on whose account the caller writes, as it says itself; undefined: none. */
  originWebhook: string | undefined;
}> {
  const originWebhook = saidOrigin((await headers()).get(originHeader));
  const machine = actingToken();
  if (machine !== undefined) {
    const client = originWebhook ? machineFrom(originWebhook, machine) : machineOf(machine);
    return { client, claims: null, originWebhook };
  }
  const known = await requestToken();
  if (!known) throw new WebhookError('not_signed_in');
  // A role of another name has rights of its own, which only the database knows.
  const isKnown = known.isProven && known.claims.role === 'authenticated';
  const client = originWebhook ? clientFrom(originWebhook, known.token) : clientOf(known.token);
  return { client, claims: isKnown ? known.claims : undefined, originWebhook };
}

// One for each token, and so for each person: what asks with it travels together.
const clientOf = remembered(500, (token) =>
  createClient<Database>(env().SUPABASE_URL, env().SUPABASE_PUBLISHABLE_KEY, {
    ...bounded,
    accessToken: async () => token,
  }),
);

/** For rows whose tables tell their changes: the database reads the header. */
const clientFrom = (origin: string, token: string): StoreClient =>
  createClient<Database>(env().SUPABASE_URL, env().SUPABASE_PUBLISHABLE_KEY, {
    ...bounded,
    global: { ...bounded.global, headers: { [originHeader]: origin } },
    accessToken: async () => token,
  });

/** The service in the name of a machine token, which the audit log keeps: the database reads the header. */
const machineFrom = (origin: string | null, token: string): StoreClient =>
  createClient<Database>(env().SUPABASE_URL, env().SUPABASE_SECRET_KEY, {
    ...bounded,
    global: {
      fetch: secretKeyFetch,
      headers: { 'x-devlink-token': token, ...(origin ? { [originHeader]: origin } : {}) },
    },
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });

const machineOf = remembered(200, (token) => machineFrom(null, token));

/** With which a receiver says that it writes on account of a delivery of this webhook: what is none counts as not said. */
const originHeader = 'x-devlink-origin';
const saidOrigin = (said: string | null) =>
  z.uuid().safeParse(said).success ? (said ?? undefined) : undefined;

/**
 * The client of the browser behind the current request, whatever else it brings: to sign in and out.
 * @param heard told of each answer of the auth server
 */
export async function cookieClient(heard?: (answer: Response) => void): Promise<StoreClient> {
  const jar = await cookies();
  const sent = await headers();
  return createServerClient<Database>(env().SUPABASE_URL, env().SUPABASE_PUBLISHABLE_KEY, {
    ...bounded,
    global: { fetch: authFetch(sent, heard) },
    cookieOptions: sessionCookies(sent.get('x-forwarded-proto')),
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
