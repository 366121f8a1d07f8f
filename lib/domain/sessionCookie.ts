/**
 * Whether cookies hold a session, good or not: @supabase/ssr keeps it in `sb-<project>-auth-token`, in one part or several.
 */
export const holdsSession = (cookies: readonly { name: string }[]): boolean =>
  cookies.some(({ name }) => name.startsWith('sb-'));
