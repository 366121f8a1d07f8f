/** What a link of the auth server proves, in the mail for a forgotten password or an invitation. Good once, for an hour or so. */
export type AuthLink =
  | { type: 'recovery' | 'invite' | 'signup' | 'magiclink' | 'email'; token_hash: string }
  /** For the browser only that asked for the mail (PKCE). */
  | { type: 'code'; code: string };

/** Kinds of links with which a password is chosen. */
export const linkTypes = ['recovery', 'invite', 'signup', 'magiclink', 'email'] as const;

/** The link in the query of the address that was opened; null where there is none, or the auth server says that it is over. */
export function linkOf(query: Record<string, string | string[] | undefined>): AuthLink | null {
  const { token_hash, code } = query;
  const type = linkTypes.find((known) => known === query.type);
  if (type && typeof token_hash === 'string' && token_hash !== '') return { type, token_hash };
  return typeof code === 'string' && code !== '' ? { type: 'code', code } : null;
}
