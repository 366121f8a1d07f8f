import { type APIRequestContext, expect } from '@playwright/test';
import type { Account } from '../../scripts/stack/api/accounts.ts';

/** Cookies of a signed-in person, as `newContext` takes them. */
export type Session = Awaited<ReturnType<APIRequestContext['storageState']>>;

/** For a context that must not be signed in. */
export const nobody: Session = { cookies: [], origins: [] };

/** Signs the request context in; its cookie jar keeps the session. */
export async function signIn(api: APIRequestContext, account: Account | null): Promise<void> {
  if (!account) throw new Error('this stack has no administrator of its own');
  const response = await api.post('/api/auth/login', { data: account });
  expect(response.status(), await response.text()).toBe(204);
}

/** Leaves nothing behind that listens to another test's events. */
export async function deleteAllWebhooks(api: APIRequestContext): Promise<void> {
  const response = await api.get('/api/webhooks?limit=200');
  if (!response.ok()) return; // nobody is signed in any more
  for (const { id } of (await response.json()).items) await api.delete(`/api/webhooks/${id}`);
  const alerts = await (await api.get('/api/alerts')).json();
  for (const { id } of alerts.items) await api.delete(`/api/alerts/${id}`);
}
