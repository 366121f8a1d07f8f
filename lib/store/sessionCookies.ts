/** Seconds that a browser keeps a session which nobody uses. */
const life = 7 * 24 * 60 * 60;

/**
 * How the session cookies are set: no script reads them, no other site sends them, and over https they never travel in
 * the clear.
 * @param forwardedProto the header `x-forwarded-proto`, which the server sets where no proxy did
 */
export const sessionCookies = (forwardedProto: string | null) => ({
  httpOnly: true,
  sameSite: 'lax' as const,
  secure: forwardedProto?.split(',')[0]?.trim() === 'https',
});

/** The options of one cookie with our life: @supabase/ssr gives each that it keeps 400 days, whatever it was told. */
export const withLife = <Options extends { maxAge?: number }>(options: Options): Options =>
  options.maxAge ? { ...options, maxAge: life } : options;
