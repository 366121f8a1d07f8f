import { queryOptions } from '@tanstack/react-query';
import type { MadeToken, TokenInput } from '@/lib/domain/issuedToken';
import { apiFetch } from './apiFetch';

/** Machine tokens: those that are not revoked first, newest first. */
export const tokenListQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async ({ signal }) => (await apiFetch('GET /api/tokens', { signal })).items,
});

/** Makes a token; it is in this answer and nowhere else. */
export function makeToken(input: TokenInput): Promise<MadeToken> {
  return apiFetch('POST /api/tokens', { body: input });
}

/** Ends a token for good. */
export function revokeToken(id: string): Promise<void> {
  return apiFetch('DELETE /api/tokens/{tokenId}', { path: { tokenId: id } });
}
