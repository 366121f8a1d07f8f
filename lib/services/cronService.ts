import { WebhookError } from '@/lib/domain/errors';
import { workOnJobsFor } from '@/lib/engine/jobs';
import { drainFor } from '@/lib/engine/processDrain';
import { type ChoreOutcomes, runUpkeepFor } from '@/lib/engine/upkeep';
import { databaseSchemaFault } from '@/lib/store/schemaCheck';

/**
 * A drain of `budgetMs` milliseconds, and at the same time upkeep and background jobs: none waits for another. A chore
 * or a job that fails is told of in the answer, in health and in the log; it fails alone.
 * @throws WebhookError `schema_mismatch` when the database has the schema of another version: nothing is done on it
 */
export async function runCron(budgetMs: number): Promise<{ drained: true; chores: ChoreOutcomes }> {
  const fault = await databaseSchemaFault();
  if (fault) throw new WebhookError('schema_mismatch', { detail: fault });
  const [, chores] = await Promise.all([drainFor(budgetMs), runUpkeepFor(budgetMs), workOnJobsFor(budgetMs)]);
  return { drained: true, chores };
}
