import { createClient, type Session } from '@supabase/supabase-js';
import { grantRole } from '../../scripts/stack/api/accounts.ts';
import { clearProject, fillProject, type TriedProject } from '../../scripts/stack/hosted/projectTrial.ts';
import { testAccounts } from './accounts.ts';

/** A project of somebody's own with the test accounts in it; plain data, for it crosses processes. */
export interface GivenProject extends TriedProject {
  /** One session per account for the whole run: auth servers count sign-ins. */
  sessions: Record<keyof typeof testAccounts, Pick<Session, 'access_token' | 'refresh_token'>>;
}

/** Signs the test accounts of the project in. */
export async function givenProject(project: TriedProject): Promise<GivenProject> {
  const options = { auth: { persistSession: false, autoRefreshToken: false } };
  const sessions = Object.entries(testAccounts).map(async ([name, account]) => {
    const client = createClient(project.url, project.publishableKey ?? project.secretKey, options);
    const { data, error } = await client.auth.signInWithPassword(account);
    if (error) throw error;
    const { access_token, refresh_token } = data.session;
    return [name, { access_token, refresh_token }] as const;
  });
  return {
    ...project,
    sessions: Object.fromEntries(await Promise.all(sessions)) as GivenProject['sessions'],
  };
}

/** The project's database as a test file expects it: the schema, nothing in it, and the roles of the test accounts. */
export async function renewGivenProject(project: GivenProject): Promise<void> {
  await clearProject(project);
  await fillProject(project);
  await grantRole(project.databaseUrl, testAccounts.admin.email, 'admin');
  await grantRole(project.databaseUrl, testAccounts.member.email, 'member');
}
