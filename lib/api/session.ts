import { mutationOptions, queryOptions } from '@tanstack/react-query';
import type { AuthLink } from '@/lib/domain/authLink';
import { apiFetch } from './apiFetch';

/** Who is signed in. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => apiFetch('GET /api/auth/session', { signal }),
  staleTime: 5 * 60_000,
});

/** Signs in: the answer sets the session cookie. */
export const signInMutation = mutationOptions({
  mutationFn: (credentials: { email: string; password: string }) =>
    apiFetch('POST /api/auth/login', { body: credentials }),
});

/** Signs out: the answer removes the session cookie. */
export const signOutMutation = mutationOptions({
  mutationFn: () => apiFetch('POST /api/auth/logout'),
});

/** Has a link for a new password mailed, where there is such an account. */
export const recoverMutation = mutationOptions({
  mutationFn: (account: { email: string }) => apiFetch('POST /api/auth/recover', { body: account }),
});

/** Chooses a password with a link; the answer sets the session cookie. */
export const choosePasswordMutation = mutationOptions({
  mutationFn: (choice: { password: string; link: AuthLink }) =>
    apiFetch('POST /api/auth/password', { body: choice }),
});
