import { describe, expect, it, test } from 'vitest';
import { apiRoutes } from '@/lib/domain/apiRoutes';
import { apiTokenOf, tokenForm, tokenHash, tokenPrefix } from '@/lib/domain/apiToken';
import { scopeOpens, tokenScopes } from '@/lib/domain/issuedToken';

const token = apiTokenOf(Uint8Array.from({ length: 32 }, (_, index) => index * 8));

describe('the text of a token', () => {
  it('is dlk_, 43 digits and a checksum, whatever the bytes', () => {
    for (const byte of [0, 1, 128, 255]) {
      const made = apiTokenOf(new Uint8Array(32).fill(byte));
      expect(made).toMatch(/^dlk_[0-9A-Za-z]{49}$/);
      expect(tokenForm(made)).toBe('good');
    }
    expect(apiTokenOf(new Uint8Array(32))).toMatch(/^dlk_0{43}/);
  });

  it('is no other for other bytes', () => {
    const others = Array.from({ length: 32 }, (_, place) =>
      apiTokenOf(Uint8Array.from({ length: 32 }, (_, index) => (index === place ? 1 : 0))),
    );
    expect(new Set(others).size).toBe(32);
  });

  it('is known by its hash, and shown by its beginning', () => {
    expect(tokenHash(token)).toMatch(/^[0-9a-f]{64}$/);
    expect(token.startsWith(tokenPrefix(token))).toBe(true);
    expect(tokenPrefix(token)).toHaveLength(10);
  });
});

describe('a token that is none', () => {
  it.each(Array.from({ length: token.length - 4 }, (_, index) => index + 4))(
    'is incomplete: its first %i characters',
    (length) => expect(tokenForm(token.slice(0, length))).toBe('incomplete'),
  );

  it('is mistyped: any one character changed, two exchanged, or one too many', () => {
    for (let place = 4; place < token.length; place++) {
      const other = token[place] === 'x' ? 'y' : 'x';
      expect(tokenForm(token.slice(0, place) + other + token.slice(place + 1))).toBe('mistyped');
      const [one = '', two = ''] = token.slice(place, place + 2);
      if (one === two || !two) continue;
      expect(tokenForm(token.slice(0, place) + two + one + token.slice(place + 2))).toBe('mistyped');
    }
    for (const text of [`${token}x`, `${token}.`, token.replace(/.$/, '\u00e9'), `dlk_${'!'.repeat(49)}`])
      expect(tokenForm(text)).toBe('mistyped');
  });

  it('is foreign: another beginning', () => {
    for (const text of [
      '',
      'dlk',
      'DLK_x',
      ` ${token}`,
      `x${token}`,
      'eyJhbGciOiJIUzI1NiJ9.e30.x',
      'ghp_abc',
    ])
      expect(tokenForm(text)).toBe('foreign');
  });
});

test('manage opens all, and the others themselves alone', () => {
  const opened = tokenScopes.map((scope) => tokenScopes.filter((needed) => scopeOpens(scope, needed)));
  expect(opened).toEqual([['trigger'], ['read'], ['trigger', 'read', 'manage']]);
});

test('each route says which scope opens it; secrets, tokens, sessions and what has a key of its own: none', () => {
  const opened = Object.groupBy(Object.entries(apiRoutes), ([, { opensTo }]) => opensTo);
  const routesOf = (scope: keyof typeof opened) => (opened[scope] ?? []).map(([route]) => route).sort();
  expect(Object.keys(opened).sort()).toEqual([...tokenScopes, 'people'].sort());
  expect(routesOf('people')).toEqual([
    'DELETE /api/tokens/{tokenId}',
    'GET /api/auth/session',
    'GET /api/cron/drain-deliveries',
    'GET /api/health',
    'GET /api/metrics',
    'GET /api/tokens',
    'GET /api/webhooks/{webhookId}/secrets',
    'POST /api/auth/login',
    'POST /api/auth/logout',
    'POST /api/auth/password',
    'POST /api/auth/recover',
    'POST /api/tokens',
    'POST /api/webhooks/{webhookId}/secrets/rotate',
  ]);
  expect(routesOf('trigger')).toEqual(['POST /api/webhooks/trigger', 'POST /api/webhooks/trigger/batch']);
  // What a token may only read changes nothing.
  expect(routesOf('read').filter((route) => !route.startsWith('GET '))).toEqual([
    'POST /api/webhooks/conditions/preview',
  ]);
  // Its headers are not masked.
  expect(routesOf('manage').filter((route) => route.startsWith('GET '))).toEqual([
    'GET /api/playground/listeners/{inboxId}/requests',
  ]);
});
