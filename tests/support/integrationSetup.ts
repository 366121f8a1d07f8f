import type { TestProject } from 'vitest/node';
import type { TriedProject } from '../../scripts/stack/hosted/projectTrial.ts';
import { startCluster, type TestCluster } from './cluster.ts';
import { type GivenProject, givenProject } from './givenProject.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Null where a project is given. */
    cluster: TestCluster | null;
    /** The Supabase project that DEVLINK_TEST_PROJECT names (JSON); null: the local stack. */
    givenProject: GivenProject | null;
  }
}

/**
 * One Postgres for the whole integration run; each file takes a database of its own from the template. With a project
 * that `npm run check:hosted` gives, its one database, made anew for each file.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DEVLINK_TEST_PROJECT;
  if (given) {
    project.provide('givenProject', await givenProject(JSON.parse(given) as TriedProject));
    project.provide('cluster', null);
    return async () => {};
  }
  const { cluster, stop } = await startCluster();
  project.provide('cluster', cluster);
  project.provide('givenProject', null);
  return stop;
}
