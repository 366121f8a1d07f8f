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
  maxAge: life,
});
