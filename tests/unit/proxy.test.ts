import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { NextRequest } from 'next/server';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sessionFetch } from '@/lib/store/sessionFetch';
import { proxy } from '@/proxy';

/*
 * In front of every page, with an auth server that answers what a real one does in its bad hours.
 */

let server: Server;
let url: string;
let asked: string[];
let answer: RequestListener;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  Object.assign(process.env, {
    SUPABASE_URL: url,
    SUPABASE_PUBLISHABLE_KEY: 'publishable',
    SUPABASE_SECRET_KEY: 'secret',
    CRON_SECRET: 'a-secret-of-the-cron',
  });
});
beforeEach(() => {
  asked = [];
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const user = { id: crypto.randomUUID(), aud: 'authenticated', role: 'authenticated', email: 'a@example.fr' };

/** @param seconds until the access token expires */
function session(seconds: number, access_token?: string, refresh_token: string = crypto.randomUUID()) {
  const expires_at = Math.floor(Date.now() / 1000) + seconds;
  access_token ??= `${encoded({ alg: 'HS256' })}.${encoded({ exp: expires_at, sub: user.id })}.x`;
  return {
    access_token,
    refresh_token,
    token_type: 'bearer',
    expires_in: 3600,
    expires_at,
    user,
  };
}

function pageRequest(seconds?: number, token?: string, refreshToken?: string): NextRequest {
  const request = new NextRequest('http://console.example/webhooks?page=2');
  if (seconds !== undefined)
    request.cookies.set('sb-127-auth-token', `base64-${encoded(session(seconds, token, refreshToken))}`);
  return request;
}

const says =
  (status: number, body: unknown): RequestListener =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

async function enter(request: NextRequest) {
  const response = await proxy(request);
  const isPage = response.headers.get('x-middleware-next') === '1';
  const to = response.headers.get('location');
  return { isPage, to, cookies: response.headers.getSetCookie() };
}

describe('a page', () => {
  it('is not for strangers, and the way back is kept', async () => {
    answer = says(500, {});
    const { isPage, to } = await enter(pageRequest());
    expect(isPage).toBe(false);
    expect(to).toBe('http://console.example/login?next=%2Fwebhooks%3Fpage%3D2');
    expect(asked).toEqual([]);
  });

  it('is for who is signed in', async () => {
    answer = says(200, user);
    expect((await enter(pageRequest(3600))).isPage).toBe(true);
  });

  it('is not for whose session is over', async () => {
    answer = says(403, {
      code: 'session_not_found',
      message: 'Session from session_id claim in JWT does not exist',
    });
    expect(await enter(pageRequest(3600))).toMatchObject({
      isPage: false,
      to: expect.stringContaining('/login'),
    });
  });

  it.each([402, 408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 530, 540, 544, 546])(
    'is shown, and the session kept, while the auth server answers %d',
    async (status) => {
      answer = says(status, { message: 'not now' });
      expect(await enter(pageRequest(3600))).toEqual({ isPage: true, to: null, cookies: [] });
    },
  );

  // A wall's page, a gateway that lost its way: none of them knows the session.
  const strangers = [
    ['HTML', 403, '<html><h1>403 Forbidden</h1></html>'],
    ['HTML', 404, '<html><h1>404 Not Found</h1></html>'],
    ['JSON without a code', 404, '{"message":"no Route matched with those values"}'],
    ['nothing', 400, ''],
  ] as const;

  it.each(strangers)(
    'is shown, and the session kept, while who stands before the auth server answers %s with %d',
    async (_, status, body) => {
      answer = (_request, response) => response.writeHead(status).end(body);
      expect(await enter(pageRequest(3600))).toEqual({ isPage: true, to: null, cookies: [] });
    },
  );

  it('is shown, and a session that is to be refreshed kept, whatever is answered that says nothing of it', async () => {
    const notNow = '{"message":"not now"}';
    const answers = [
      ...[401, 402, 429, 500, 503, 540, 544].map((status) => [status, notNow] as const),
      ...strangers.map(([, status, body]) => [status, body] as const),
    ];
    // All at once, for each is tried again for five seconds: the refresh token says which answer it gets.
    answer = async (request, response) => {
      const { refresh_token } = JSON.parse(await text(request));
      const [status, body] = answers[Number(refresh_token)] ?? [];
      response.writeHead(status ?? 0, { 'content-type': 'application/json' }).end(body);
    };
    const pages = await Promise.all(answers.map((_, n) => enter(pageRequest(-60, undefined, String(n)))));
    const kept = { isPage: true, to: null, cookies: [] };
    expect(pages.map((page, n) => [answers[n], page])).toEqual(answers.map((one) => [one, kept]));
    expect(asked.length).toBeGreaterThanOrEqual(answers.length);
  });

  it.each([
    [
      400,
      {
        code: 400,
        error_code: 'refresh_token_not_found',
        msg: 'Invalid Refresh Token: Refresh Token Not Found',
      },
    ],
    [400, { code: 'refresh_token_already_used', message: 'Invalid Refresh Token: Already Used' }],
    [400, { error: 'invalid_grant', error_description: 'Invalid Refresh Token' }],
    [403, { code: 'session_expired', message: 'Session has expired' }],
  ])('is not for a session that the auth server refuses to renew: %d %j', async (status, body) => {
    answer = says(status, body);
    const { isPage, cookies } = await enter(pageRequest(-60));
    expect([isPage, cookies.length]).toEqual([false, 1]);
  });

  it('is shown within seconds while the auth server hangs, or hangs up', async () => {
    answer = () => {};
    expect(await enter(pageRequest(3600))).toEqual({ isPage: true, to: null, cookies: [] });
    answer = (request) => request.socket.destroy();
    expect(await enter(pageRequest(3600))).toEqual({ isPage: true, to: null, cookies: [] });
  });
});

describe('with a project that signs sessions with keys, a page', () => {
  let keys: CryptoKeyPair;
  let jwks: { keys: object[] };
  beforeAll(async () => {
    keys = await generateKeyPair('ES256', { extractable: true });
    jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' }] };
  });
  const signed = (key: CryptoKey, kid: string) =>
    new SignJWT({})
      .setProtectedHeader({ alg: 'ES256', kid })
      .setSubject(user.id)
      .setExpirationTime('1h')
      .sign(key);

  it('asks for the keys once, and for nothing else, also once the auth server hangs', async () => {
    answer = says(200, jwks);
    const token = await signed(keys.privateKey, 'one');
    for (let n = 0; n < 5; n++) expect((await enter(pageRequest(3600, token))).isPage).toBe(true);
    expect(asked).toEqual(['/auth/v1/.well-known/jwks.json']);
    answer = () => {};
    const began = performance.now();
    expect((await enter(pageRequest(3600, token))).isPage).toBe(true);
    expect(performance.now() - began).toBeLessThan(500);
  });

  it('is not for a token that another key signed, or that was altered', async () => {
    answer = says(200, jwks);
    const stranger = await generateKeyPair('ES256');
    const [head, , signature] = (await signed(keys.privateKey, 'one')).split('.');
    const altered = `${head}.${encoded({ sub: crypto.randomUUID(), exp: 4e9 })}.${signature}`;
    for (const token of [
      await signed(stranger.privateKey, 'one'),
      await signed(stranger.privateKey, 'two'),
      altered,
    ]) {
      expect((await enter(pageRequest(3600, token))).isPage).toBe(false);
    }
  });
});

describe('a session that has expired', () => {
  const refresh = (token: string) =>
    sessionFetch(`${url}/auth/v1/token?grant_type=refresh_token`, {
      method: 'POST',
      body: JSON.stringify({ refresh_token: token }),
    });

  it('is refreshed once, however many ask at the same moment, and each has the answer', async () => {
    let count = 0;
    answer = (_, response) => setTimeout(() => says(200, { n: ++count })(_, response), 50);
    const answers = await Promise.all(Array.from({ length: 60 }, () => refresh('one')));
    for (const one of answers) expect(await one.json()).toEqual({ n: 1 });
    expect(await (await refresh('one')).json()).toEqual({ n: 1 });
    expect(await (await refresh('two')).json()).toEqual({ n: 2 });
    expect(asked).toHaveLength(2);
  });

  it('is asked for again after a refusal', async () => {
    answer = says(400, { code: 'refresh_token_not_found' });
    expect((await refresh('three')).status).toBe(400);
    answer = says(200, {});
    expect((await refresh('three')).status).toBe(200);
  });
});

it('a sign-in is told the auth server’s own limit', async () => {
  answer = says(429, { code: 'over_request_rate_limit' });
  const signIn = await sessionFetch(`${url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    body: '{}',
  });
  expect(signIn.status).toBe(429);
});
