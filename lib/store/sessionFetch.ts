import { isAuthRetryableFetchError } from '@supabase/supabase-js';
import { LRUCache } from 'lru-cache';
import { WebhookError } from '@/lib/domain/errors';
import { boundedFetch } from './timeLimits';

/** Refusals that say nothing of the session: a project that is not paid for, not now, too many requests. */
const sayNothing = new Set([402, 408, 425, 429]);
/** What a person asks for, who is told why not; everything else is about a session that there is. */
const isAsked = /grant_type=(password|pkce)|\/auth\/v1\/(recover|verify)\b/;
/** Milliseconds for which what came of a refresh is told to whoever asks with the same token, which is good for one only. */
const toldMs = 10_000;

type Answer = { status: number; headers: Headers; text: string };

// Route handlers are bundled apart from each other: what the process has under way lives on globalThis.
const holder = globalThis as typeof globalThis & {
  devlinkSessionRefreshes?: LRUCache<string, Promise<Answer>>;
};
const refreshes = () =>
  (holder.devlinkSessionRefreshes ??= new LRUCache<string, Promise<Answer>>({ max: 5000, ttl: toldMs }));

const send = boundedFetch();

/**
 * `fetch` for the clients of people's sessions. A session is refreshed once, however many requests of a page find it
 * expired at the same moment: the auth server refuses the second use of a token, and counts the calls of all people together.
 */
export const sessionFetch: typeof fetch = async (input, init) => {
  const url = String(input instanceof Request ? input.url : input);
  if (!url.includes('/auth/v1/')) return send(input, init);
  const isRefresh = url.includes('grant_type=refresh_token') && typeof init?.body === 'string';
  const answer = await (isRefresh ? refresh(url, init) : ask(input, init));
  const status = saysNothing(answer, isRefresh) && !isAsked.test(url) ? 503 : answer.status;
  return new Response(answer.text || null, { status, headers: answer.headers });
};

/** Whether an error of auth-js, or the end of the time for it, leaves open if the session is over. */
export const isUnanswered = (error: unknown) =>
  error instanceof WebhookError || isAuthRetryableFetchError(error);

/**
 * Whether an answer leaves open if the session is over. auth-js knows some of these only; for the others it takes the session
 * for over and forgets it. As 503 it takes them for what they are.
 */
function saysNothing({ status, text }: Answer, isRefresh: boolean): boolean {
  if (status < 400) return false;
  if (status >= 500 || sayNothing.has(status)) return true;
  // A refused session is 400; 401 to a refresh is a gateway's, of our key.
  if (status === 401) return isRefresh;
  return !isOfAuthServer(text);
}

/** Whether a refusal is the auth server's: it gives each a code, which the gateways and walls before it do not. */
export function isOfAuthServer(text: string): boolean {
  try {
    const { code, error_code, error } = JSON.parse(text);
    return [code, error_code, error].some((given) => typeof given === 'string');
  } catch {
    return false;
  }
}

function refresh(url: string, init: RequestInit): Promise<Answer> {
  // The body is the token.
  const key = String(init.body);
  const known = refreshes().get(key);
  if (known) return known;
  // Whoever asked first may leave; the others wait for it all the same.
  const asked = ask(url, { ...init, signal: null });
  refreshes().set(key, asked);
  const forget = () => refreshes().delete(key);
  asked.then(({ status }) => status === 200 || forget(), forget);
  return asked;
}

async function ask(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): Promise<Answer> {
  const response = await send(input, init);
  const headers = new Headers(response.headers);
  // The text is told unpacked.
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding']) headers.delete(name);
  return { status: response.status, headers, text: await response.text() };
}
