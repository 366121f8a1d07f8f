import { createServerClient } from '@supabase/ssr';
import type { SupabaseClient } from '@supabase/supabase-js';
import { type NextRequest, NextResponse } from 'next/server';
import { holdsSession } from '@/lib/domain/sessionCookie';
import { env } from '@/lib/env';
import { checkToken } from '@/lib/store/accessToken';
import { authFetch } from '@/lib/store/authFetch';
import { sessionCookies, withLife } from '@/lib/store/sessionCookies';
import { isUnanswered } from '@/lib/store/sessionFetch';
import { bounded, sessionLimit, within } from '@/lib/store/timeLimits';

/**
 * Pages only: routes under /api answer for themselves, and assets are public. These are named one by one: whatever else is
 * asked for, with a dot in it or not, may be a page.
 */
export const config = {
  matcher: [
    '/((?!api/|_next/static/|_next/image|icon\\.svg$|icon-192\\.png$|icon-512\\.png$|icon-maskable-512\\.png$|apple-touch-icon\\.png$|manifest\\.webmanifest$).*)',
  ],
};

const openPages = new Set(['/login', '/forgot', '/password']);

/** In front of every page: refreshes the session, sends strangers to the sign-in, sets the content policy. Headers that never change are in next.config.ts. */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const policy = contentSecurityPolicy();
  request.headers.set('content-security-policy', policy.header);
  request.headers.set('x-nonce', policy.nonce);
  // Layouts are told of no query, and nothing of the path.
  request.headers.set('x-path', request.nextUrl.pathname + request.nextUrl.search);

  const { mayEnter, refreshed } = await refreshSession(request);
  const path = request.nextUrl.pathname;
  const response =
    mayEnter || openPages.has(path)
      ? NextResponse.next({ request: { headers: request.headers } })
      : toLogin(request);
  for (const { name, value, options } of refreshed) response.cookies.set(name, value, withLife(options));
  response.headers.set('content-security-policy', policy.header);
  return response;
}

type CookieChange = { name: string; value: string; options: { maxAge?: number } };

async function refreshSession(
  request: NextRequest,
): Promise<{ mayEnter: boolean; refreshed: CookieChange[] }> {
  let refreshed: CookieChange[] = [];
  const supabase = createServerClient(env().SUPABASE_URL, env().SUPABASE_PUBLISHABLE_KEY, {
    ...bounded,
    global: { fetch: authFetch(request.headers) },
    cookieOptions: sessionCookies(request.headers.get('x-forwarded-proto')),
    cookies: {
      getAll: () => request.cookies.getAll(),
      setAll: (changes) => {
        refreshed = changes;
        for (const { name, value } of changes) request.cookies.set(name, value);
      },
    },
  });
  const { data, error } = await within(sessionLimit, supabase.auth.getSession()).catch(unanswered);
  if (!data.session) {
    // Nobody said that the session is over: it stays, and the pages say what they cannot show. They hold nothing themselves.
    return isUnanswered(error)
      ? { mayEnter: holdsSession(request.cookies.getAll()), refreshed: [] }
      : { mayEnter: false, refreshed };
  }
  return { mayEnter: await isGood(supabase, data.session.access_token), refreshed };
}

const unanswered = (late: unknown) => ({ data: { session: null, user: null }, error: late });

/** A token whose signature cannot be checked here is the auth server's to judge; without its answer, it is good for a page. */
async function isGood({ auth }: SupabaseClient, token: string): Promise<boolean> {
  const checked = await checkToken(token);
  if (!checked || checked.isProven) return checked !== null;
  const { data, error } = await within(sessionLimit, auth.getUser(token)).catch(unanswered);
  return data.user !== null || isUnanswered(error);
}

function toLogin(request: NextRequest): NextResponse {
  const login = new URL('/login', request.nextUrl);
  const { pathname, search } = request.nextUrl;
  if (pathname !== '/') login.searchParams.set('next', pathname + search);
  return NextResponse.redirect(login);
}

/** Scripts only with this response's nonce (CSP Level 3); nothing may frame a page. */
function contentSecurityPolicy(): { nonce: string; header: string } {
  const nonce = btoa(crypto.randomUUID());
  const devEval = process.env.NODE_ENV === 'development' ? " 'unsafe-eval'" : '';
  const header = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${devEval}`,
    "style-src 'self' 'unsafe-inline'", // CodeMirror, Radix and server-rendered style attributes
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { nonce, header };
}
