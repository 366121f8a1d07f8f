import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { env } from '@/lib/env';
import { boundedFetch } from './timeLimits';

/**
 * What an access token says, found without the database. Not `isProven`: whoever takes it must be asked, for its signature
 * cannot be checked here (the project signs with a secret that we do not have, or its keys cannot be read), or its time is
 * up by this machine's clock, which may be wrong.
 */
export type CheckedToken = { userId: string; isProven: boolean; claims: JWTPayload };

/** Milliseconds for the auth server to tell its keys, and after which they are asked for again, in the background. */
const keysLimit = 2000;
const keysAge = 10 * 60 * 1000;
/** Seconds by which clocks may differ, as PostgREST allows them. */
const clockTolerance = 30;

const signedWithSecret = ['HS256', 'HS384', 'HS512'];
const signedWithKey = ['ES256', 'RS256', 'EdDSA'];

/** Milliseconds for which a signature that was checked is not checked again. */
const provenFor = 60_000;

const proven = new LRUCache<string, CheckedToken>({ max: 1000, ttlResolution: 0 });

/**
 * Looks at a token before anything is asked with it: its shape, and its signature where that can be.
 * @returns null for one that is no person's, or was not signed by the project
 */
export async function checkToken(token: string): Promise<CheckedToken | null> {
  const known = proven.get(token);
  if (known) return known;
  const checked = await examine(token);
  if (checked?.isProven)
    proven.set(token, checked, { ttl: Math.max(1, Math.min(provenFor, lifeOf(checked))) });
  return checked;
}

/** Milliseconds until the token ends by itself. */
const lifeOf = ({ claims }: CheckedToken) => (claims.exp ?? 0) * 1000 - Date.now();

async function examine(token: string): Promise<CheckedToken | null> {
  const algorithm = algorithmOf(token);
  if (algorithm === undefined) return null;
  try {
    if (signedWithKey.includes(algorithm)) return person(await provenByKey(token), true);
    const secret = env().SUPABASE_JWT_SECRET;
    if (secret === undefined) return person(decodeJwt(token), false);
    const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), {
      algorithms: signedWithSecret,
      clockTolerance,
    });
    return person(payload, true);
  } catch (error) {
    // The signature is good.
    if (error instanceof errors.JWTExpired) return person(error.payload, false);
    return isRefusal(error) ? null : person(decodeJwt(token), false);
  }
}

function algorithmOf(token: string): string | undefined {
  try {
    const { alg = '' } = decodeProtectedHeader(token);
    return [...signedWithSecret, ...signedWithKey].find((known) => known === alg);
  } catch {
    return undefined;
  }
}

function person(claims: JWTPayload, isProven: boolean): CheckedToken | null {
  const { sub, exp } = claims;
  return sub && exp !== undefined ? { userId: sub, isProven, claims } : null;
}

async function provenByKey(token: string): Promise<JWTPayload> {
  const options = { algorithms: signedWithKey, clockTolerance };
  return (await jwtVerify(token, projectKeys(), options)).payload;
}

type Keys = { set: ReturnType<typeof createRemoteJWKSet>; askedAt: number };

// Route handlers are bundled apart from each other: the process's one copy of the keys lives on globalThis.
const holder = globalThis as typeof globalThis & { devlinkAuthKeys?: Map<string, Keys> };

/**
 * The project's public keys. Those that are known serve while newer ones are read, and as long as none can be: a page must
 * not wait for the auth server. A key that nobody knows is looked for at most every 30 s, whoever invents them.
 */
function projectKeys(): Keys['set'] {
  const url = `${env().SUPABASE_URL.replace(/\/$/, '')}/auth/v1/.well-known/jwks.json`;
  holder.devlinkAuthKeys ??= new Map();
  const keys = holder.devlinkAuthKeys.get(url) ?? { set: remoteKeys(url), askedAt: performance.now() };
  holder.devlinkAuthKeys.set(url, keys);
  if (keys.set.jwks() && performance.now() - keys.askedAt > keysAge) {
    keys.askedAt = performance.now();
    keys.set.reload().catch(() => {}); // The known ones serve until the next time.
  }
  return keys.set;
}

const remoteKeys = (url: string) =>
  createRemoteJWKSet(new URL(url), {
    timeoutDuration: keysLimit,
    cooldownDuration: 30_000,
    cacheMaxAge: Number.POSITIVE_INFINITY,
    headers: { apikey: env().SUPABASE_PUBLISHABLE_KEY },
    [customFetch]: boundedFetch(keysLimit),
  });

/** Whether the token is at fault, and not the way to the keys. */
const isRefusal = (error: unknown) =>
  error instanceof errors.JOSEError &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid) &&
  error.code !== 'ERR_JOSE_GENERIC';
