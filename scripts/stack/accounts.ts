import postgres from 'postgres';
import { LaunchError } from './launchError.ts';
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

/** Makes an account `admin` or `member`, with the same SQL function as on a hosted project. */
export async function grantRole(databaseUrl: string, email: string, role: 'admin' | 'member'): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    await sql`select public.grant_webhook_role(${email}, ${role})`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
