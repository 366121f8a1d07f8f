import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { apiTokenOf, tokenForm, tokenHash, tokenPrefix } from '@/lib/domain/apiToken';
import { type ErrorCode, WebhookError } from '@/lib/domain/errors';
import type { IssuedToken, MadeToken, TokenInput } from '@/lib/domain/issuedToken';
import { type BroughtToken, insertToken, listTokens, revokeToken, useToken } from '@/lib/store/tokenStore';
import { tokenLookupTurn } from './turns';

/** Milliseconds for which a token is not looked up again: so long may a revocation take to reach other processes. */
const knownFor = 5000;

type Known = LRUCache<string, Promise<BroughtToken | null>>;
// Route handlers are bundled apart from each other: what the process knows of tokens lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkTokens?: Known };

function knownTokens(): Known {
  holder.devlinkTokens ??= new LRUCache({ max: 1000, ttl: knownFor, ttlResolution: 0 });
  return holder.devlinkTokens;
}

/** Machine tokens. Server only. All but `check` act for the person behind the current request, who must be an administrator. */
export const tokenService = {
  async list(): Promise<{ items: IssuedToken[] }> {
    return { items: await listTokens() };
  },

  /** The token is in this answer and nowhere else. @throws WebhookError `too_many_tokens` */
  async make(input: TokenInput): Promise<MadeToken> {
    const token = apiTokenOf(randomBytes(32));
    const id = await insertToken(input, { sha256: tokenHash(token), prefix: tokenPrefix(token) });
    return { id, token };
  },

  /** Ends a token: in this process at once, in others within 5 s. @throws WebhookError `token_not_found` */
  async revoke(id: string): Promise<void> {
    await revokeToken(id);
    knownTokens().clear();
  },

  /**
   * The token that a request brings.
   * @param address from which it came: the first use from each is told in the audit log
   * @throws WebhookError `token_incomplete`, `token_mistyped`, `token_unknown`, `token_expired`, `token_revoked`,
   *   `too_many_requests` when so many others came from there
   */
  async check(text: string, address: string): Promise<BroughtToken> {
    const form = tokenForm(text);
    if (form === 'incomplete') throw new WebhookError('token_incomplete');
    if (form !== 'good') throw new WebhookError('token_mistyped');
    const token = await lookUp(tokenHash(text), address);
    const refusal = refusalOf(token);
    if (token === null || refusal) throw new WebhookError(refusal ?? 'token_unknown');
    return token;
  },
};

/** All that come while one is being looked up are answered with it. */
async function lookUp(sha256: string, address: string): Promise<BroughtToken | null> {
  const known = knownTokens();
  const key = `${sha256} ${address}`;
  const found = known.get(key);
  if (found) return found;
  const asked = tokenLookupTurn(address).then(() => useToken(sha256, address));
  known.set(key, asked);
  // What could not be answered is asked again.
  asked.catch(() => known.peek(key) === asked && known.delete(key));
  return asked;
}

function refusalOf(token: BroughtToken | null): ErrorCode | undefined {
  if (token?.revoked_at) return 'token_revoked';
  if (token?.expires_at && Date.parse(token.expires_at) <= Date.now()) return 'token_expired';
  return undefined;
}
