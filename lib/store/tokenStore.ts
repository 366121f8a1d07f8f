import { z } from 'zod';
import { type IssuedToken, issuedTokenSchema, type TokenInput, tokenScopes } from '@/lib/domain/issuedToken';
import { adminClient } from './adminClient';
import { sessionClient } from './sessionClient';
import { unwrap } from './storeError';

/** A token that somebody brought, good or not. */
const broughtTokenSchema = z.object({
  id: z.string(),
  scope: z.enum(tokenScopes),
  expires_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
});
export type BroughtToken = z.infer<typeof broughtTokenSchema>;

/** Those that are not revoked first, newest first. */
export async function listTokens(): Promise<IssuedToken[]> {
  const client = await sessionClient();
  return z.array(issuedTokenSchema).parse(unwrap(await client.rpc('list_webhook_tokens')));
}

/**
 * Keeps a token by its hash.
 * @param kept hexadecimal SHA-256, and how the token begins
 * @returns its id
 * @throws WebhookError `too_many_tokens`
 */
export async function insertToken(
  { name, scope, days }: TokenInput,
  kept: { sha256: string; prefix: string },
): Promise<string> {
  const client = await sessionClient();
  return unwrap(await client.rpc('make_webhook_token', { ...kept, name, scope, days }));
}

/** Ends a token for good. @throws WebhookError `token_not_found` */
export async function revokeToken(id: string): Promise<void> {
  const client = await sessionClient();
  unwrap(await client.rpc('revoke_webhook_token', { token_id: id }));
}

/**
 * Looks a token up, and notes that it was used, when and from where. Null: there is none.
 * @param sha256 hexadecimal
 */
export async function useToken(sha256: string, address: string): Promise<BroughtToken | null> {
  const answer = unwrap(await adminClient().rpc('use_webhook_token', { sha256, address }));
  return broughtTokenSchema.nullable().parse(answer);
}
