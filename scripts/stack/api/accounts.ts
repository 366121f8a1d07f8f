import { createClient } from '@supabase/supabase-js';
import postgres from 'postgres';
import { LaunchError } from '../machine/launchError.ts';
import type { StackSecrets } from './secrets.ts';
import { supabaseApp } from './supabaseApi.ts';

export interface Account {
  email: string;
  password: string;
}

/** Signs an account up through the Auth API, in this process: the served API keeps sign-up closed. True when it is new. */
export async function signUp(
  databaseUrl: string,
  secrets: StackSecrets,
  { email, password }: Account,
): Promise<boolean> {
  const app = supabaseApp(databaseUrl, secrets, true);
  try {
    const client = app.getClient({ auth: { persistSession: false, autoRefreshToken: false } });
    const { error } = await client.auth.signUp({ email, password });
    if (!error) return true;
    if (error.code === 'user_already_exists') return false;
    throw new LaunchError(`Le compte ${email} n’a pas pu être créé : ${error.message}`, { cause: error });
  } finally {
    await app.connection.close();
  }
}

/**
 * Gives an account another password, and ends its sessions. The local stack has no interface for administrators: this
 * uses the link that would have been mailed.
 * @throws LaunchError when there is no such account
 */
export async function setPassword(
  databaseUrl: string,
  { url, publishable_key }: { url: string; publishable_key: string },
  { email, password }: Account,
): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  const options = { auth: { persistSession: false, autoRefreshToken: false } };
  const { auth } = createClient(url, publishable_key, options);
  const must = ({ error }: { error: Error | null }) => {
    if (!error) return;
    throw new LaunchError(`Le mot de passe n’a pas pu être changé : ${error.message}`, { cause: error });
  };
  try {
    must(await auth.resetPasswordForEmail(email));
    const [user] = await sql<{ token: string }[]>`
      select recovery_token as token from auth.users where email = ${email}`;
    if (!user) throw new LaunchError(`Aucun compte n’a l’adresse ${email}.`);
    must(await auth.verifyOtp({ type: 'recovery', token_hash: user.token }));
    must(await auth.updateUser({ password }));
    must(await auth.signOut({ scope: 'global' }));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Makes an account `admin` or `member`, with the same SQL function as on a hosted project. */
export async function grantRole(databaseUrl: string, email: string, role: 'admin' | 'member'): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    await sql`select public.grant_webhook_role(${email}, ${role})`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
