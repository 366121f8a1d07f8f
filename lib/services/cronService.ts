import { drainFor } from '@/lib/engine/drain';
import { workOnJobsFor } from '@/lib/engine/jobs';
import { type ChoreOutcomes, runUpkeepFor } from '@/lib/engine/upkeep';

/**
 * A drain of `budgetMs` milliseconds, and at the same time upkeep and background jobs: none waits for another. A chore
 * or a job that fails is told of in the answer, in health and in the log; it fails alone.
 */
export async function runCron(budgetMs: number): Promise<{ drained: true; chores: ChoreOutcomes }> {
  const [, chores] = await Promise.all([drainFor(budgetMs), runUpkeepFor(budgetMs), workOnJobsFor(budgetMs)]);
  return { drained: true, chores };
}
