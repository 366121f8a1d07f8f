import { drainFigures } from '@/lib/engine/drain';
import { env } from '@/lib/env';
import { readQueueFigures } from '@/lib/store/queueFigures';
import type { QueueFigures } from '@/lib/store/upkeepStore';
import { safeText } from '@/lib/telemetry/errorFields';
import { logger } from '@/lib/telemetry/logger';
import { type HealthReport, healthReport } from './healthReport';

/** Milliseconds for the database, so that health answers within 2 s whatever hangs. */
const figuresLimit = 1700;
/** Milliseconds for which figures are given again: anybody may ask, as often as they like. */
const figuresAge = 1000;

type Figures = Awaited<ReturnType<typeof readQueueFigures>>;

// Route handlers are bundled apart from each other: the process's one look at the database lives on globalThis.
const holder = globalThis as typeof globalThis & {
  devlinkWebhookFigures?: { asked: Promise<Figures>; endedAt: number };
};

/** The figures of the queue, asked at most once a second and by one at a time. Never rejects. */
async function figures(): Promise<Figures> {
  const known = holder.devlinkWebhookFigures;
  if (known && performance.now() - known.endedAt < figuresAge) return known.asked;
  const look = { asked: ask(), endedAt: Number.POSITIVE_INFINITY };
  holder.devlinkWebhookFigures = look;
  await look.asked;
  look.endedAt = performance.now();
  return look.asked;
}

async function ask(): Promise<Figures> {
  const answer = await readQueueFigures(figuresLimit).catch(
    (error: unknown): Figures => ({ figures: null, problem: 'failed', error }),
  );
  if (answer.problem)
    logger().error(
      { err: answer.error, problem: answer.problem },
      'the figures of the queue could not be read',
    );
  return answer.figures ? { ...answer, figures: presentable(answer.figures) } : answer;
}

/** What a chore failed with is the database's sentence, and health is open to anyone. */
const presentable = (queue: QueueFigures): QueueFigures => ({
  ...queue,
  chores: queue.chores.map((chore) => ({
    ...chore,
    error: chore.error && safeText(chore.error).slice(0, 200),
  })),
});

/** How this installation fares, and the figures behind it. Answers within 2 s. Never rejects. */
export async function health(): Promise<{ report: HealthReport; queue: QueueFigures | null }> {
  const { figures: queue, problem } = await figures();
  const report = healthReport({
    queue,
    problem,
    drain: drainFigures(),
    configuredConcurrency: env().WEBHOOKS_CONCURRENCY,
    uptimeMs: process.uptime() * 1000,
  });
  return { report, queue };
}
