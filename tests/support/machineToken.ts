import { expect } from 'vitest';
import { POST as make } from '@/app/api/tokens/route';
import type { TokenScope } from '@/lib/domain/issuedToken';
import { call } from './nextHeaders';

/** How a program calls from an address. */
export const bearer = (token: string, more: Record<string, string> = {}) => ({
  headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': '192.0.2.1', ...more },
});

/** Makes a machine token through its route. @param admin access token of an administrator */
export async function newToken(
  admin: string,
  scope: TokenScope,
  days: number | null = 30,
): Promise<{ id: string; token: string }> {
  const { status, body } = await call(make, '/api/tokens', {
    body: { name: `for ${scope}`, scope, days },
    ...bearer(admin),
  });
  expect(status).toBe(201);
  return { id: String(body.id), token: String(body.token) };
}
