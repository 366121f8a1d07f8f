import { askedRarely } from '@/lib/domain/askedRarely';
import type { HealthReport } from '@/lib/domain/health';
import { drainFigures } from '@/lib/engine/processDrain';
import { env } from '@/lib/env';
import { publishableKeyRefusal } from '@/lib/store/publishableKey';
import { readQueueFigures } from '@/lib/store/queueFigures';
import { directCalls } from '@/lib/store/serviceCall';
import type { QueueFigures } from '@/lib/store/upkeepStore';
import { safeText } from '@/lib/telemetry/errorFields';
import { logger } from '@/lib/telemetry/logger';
import { healthReport } from './healthReport';

/** Milliseconds for the database, so that health answers within 2 s whatever hangs. */
const figuresLimit = 1700;
/** Milliseconds for which figures are given again: anybody may ask, as often as they like. */
const figuresAge = 1000;

type Figures = Awaited<ReturnType<typeof readQueueFigures>> & { publishableKeyRefusal: number | null };

// Route handlers are bundled apart from each other: the process's one look at the database lives on globalThis.
const holder = globalThis as typeof globalThis & {
  devlinkWebhookFigures?: () => Promise<Figures>;
  devlinkPublishableKey?: () => Promise<number | null>;
};

/** The figures of the queue, asked at most once a second and by one at a time. Never rejects. */
function figures(): Promise<Figures> {
  holder.devlinkWebhookFigures ??= askedRarely(ask, () => figuresAge);
  return holder.devlinkWebhookFigures();
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

/** One that was refused is asked for each time: whoever mends it sees it at once. */
function keyRefusal(): Promise<number | null> {
  holder.devlinkPublishableKey ??= askedRarely(
    () => publishableKeyRefusal(figuresLimit),
    (refusal) => (refusal === null ? keyAge : 1),
  );
  return holder.devlinkPublishableKey();
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
    database: directCalls(),
    configuredConcurrency: env().WEBHOOKS_CONCURRENCY,
    uptimeMs: process.uptime() * 1000,
  });
  return { report, queue };
}
