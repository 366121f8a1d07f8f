import { drainFigures } from '@/lib/engine/drain';
import { env } from '@/lib/env';
import { publishableKeyRefusal } from '@/lib/store/publishableKey';
import { readQueueFigures } from '@/lib/store/queueFigures';
import type { QueueFigures } from '@/lib/store/upkeepStore';
import { safeText } from '@/lib/telemetry/errorFields';
import { logger } from '@/lib/telemetry/logger';
import { type HealthReport, healthReport } from './healthReport';

/** Milliseconds for the database, so that health answers within 2 s whatever hangs. */
const figuresLimit = 1700;
/** Milliseconds for which figures are given again: anybody may ask, as often as they like. */
const figuresAge = 1000;

type Figures = Awaited<ReturnType<typeof readQueueFigures>> & { publishableKeyRefusal: number | null };

// Route handlers are bundled apart from each other: the process's one look at the database lives on globalThis.
const holder = globalThis as typeof globalThis & {
  devlinkWebhookFigures?: { asked: Promise<Figures>; endedAt: number };
  devlinkPublishableKey?: number | undefined;
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
  const [answer, refusal] = await Promise.all([
    readQueueFigures(figuresLimit).catch(
      (error: unknown) => ({ figures: null, problem: 'failed', error }) as const,
    ),
    keyRefusal(),
  ]);
  if (answer.problem)
    logger().error(
      { err: answer.error, problem: answer.problem },
      'the figures of the queue could not be read',
    );
  const known = answer.figures ? { ...answer, figures: presentable(answer.figures) } : answer;
  return { ...known, publishableKeyRefusal: refusal };
}

/** Milliseconds for which a key that was not refused is believed. */
const keyAge = 60_000;

async function keyRefusal(): Promise<number | null> {
  const known = holder.devlinkPublishableKey;
  if (known !== undefined && performance.now() - known < keyAge) return null;
  const refusal = await publishableKeyRefusal(figuresLimit);
  holder.devlinkPublishableKey = refusal === null ? performance.now() : undefined;
  return refusal;
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
  const { figures: queue, problem, publishableKeyRefusal: refusal } = await figures();
  const report = healthReport({
    queue,
    problem,
    publishableKeyRefusal: refusal,
    drain: drainFigures(),
    configuredConcurrency: env().WEBHOOKS_CONCURRENCY,
    uptimeMs: process.uptime() * 1000,
  });
  return { report, queue };
}
