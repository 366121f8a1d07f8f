import { drainFor } from '@/lib/engine/drain';
import { env } from '@/lib/env';
import { forgetOldRequests } from '@/lib/store/playgroundStore';
import { disableFailingWebhooks, maintainQueue, queueAgeMs } from '@/lib/store/queueStore';

/** Upkeep of the tables and of webhooks that nobody answers, then a drain of `budgetMs` milliseconds. */
export async function runCron(budgetMs: number): Promise<{ drained: true }> {
  await maintainQueue(env().WEBHOOKS_RETENTION_DAYS);
  await disableFailingWebhooks();
  await forgetOldRequests();
  await drainFor(budgetMs);
  return { drained: true };
}

/** Whether the database answers, and for how many milliseconds the oldest due delivery has waited. */
export async function health(): Promise<{ status: 'ok'; oldest_due_ms: number | null }> {
  return { status: 'ok', oldest_due_ms: await queueAgeMs() };
}
