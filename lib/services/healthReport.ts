import type { HealthReport } from '@/lib/domain/health';
import { schemaFault, schemaVersion } from '@/lib/domain/schemaVersion';
import type { DrainFigures } from '@/lib/engine/drain';
import type { FiguresProblem } from '@/lib/store/queueFigures';
import type { QueueFigures } from '@/lib/store/upkeepStore';

/** Milliseconds that a delivery which could be sent may wait, and that a drain may be silent, before sending stands still. */
const stallMs = 60_000;

export type HealthInput = {
  /** Null when the database did not tell. */
  queue: QueueFigures | null;
  /** Why `queue` is null. */
  problem: FiguresProblem | null;
  drain: DrainFigures;
  /** Whether WEBHOOKS_DATABASE_URL can be called; null: there is none. */
  database: 'open' | 'connecting' | 'lost' | null;
  /** HTTP status with which SUPABASE_PUBLISHABLE_KEY is refused; null when it is not, as far as is known. */
  publishableKeyRefusal: number | null;
  /** WEBHOOKS_CONCURRENCY. */
  configuredConcurrency: number;
  /** Milliseconds for which this process has run. */
  uptimeMs: number;
};

/** Decides what health says. Ages below zero, of clocks that were set back, count as none at all. */
export function healthReport(input: HealthInput): HealthReport {
  const { queue, problem } = input;
  const drains = queue && drainsOf(queue);
  const fault = queue && schemaFault(queue.schema_version);
  const oldest = ageOf(queue?.oldest_claimable_ms ?? null);
  const stall = drains && oldest !== null ? stallOf(oldest, drains) : null;
  // A process that began just now, and finds a queue that nobody works on, is the one that is to work on it.
  const isTooYoung = stall?.isSilent === true && input.uptimeMs < stallMs;
  return {
    status: queue === null || fault ? 'unavailable' : stall && !isTooYoung ? 'stalled' : 'ok',
    warnings: [
      ...(queue === null ? [problemSentences[problem ?? 'failed']] : []),
      ...(fault ? [fault] : []),
      ...(stall ? [`${stall.sentence}${isTooYoung ? ' This process has only begun.' : ''}`] : []),
      ...(!stall && oldest !== null && oldest > stallMs
        ? [`${lateSentence(oldest)} Drains are at work.`]
        : []),
      ...(input.publishableKeyRefusal === null
        ? []
        : [
            `SUPABASE_PUBLISHABLE_KEY is not accepted by this project (HTTP ${input.publishableKeyRefusal}): nobody can sign in.`,
          ]),
      ...ownWarnings(input),
      ...(queue ? upkeepWarnings(queue) : []),
    ],
    schema_version: queue?.schema_version ?? null,
    oldest_claimable_ms: oldest,
    deliveries: queue?.deliveries ?? null,
    held: queue?.held ?? null,
    drain: {
      free_slots: input.drain.freeSlots,
      concurrency: input.drain.concurrency,
      in_flight: input.drain.inFlight,
      results_waiting: input.drain.waiting,
      last_exchange_ms: ageOf(input.drain.lastExchangeMs),
      failed_exchanges: input.drain.failedExchanges,
      database: input.database,
    },
    drains,
    chores:
      queue?.chores.map(({ chore, last_success_ms, error }) => ({
        chore,
        last_success_ms: ageOf(last_success_ms),
        error,
      })) ?? null,
    jobs: queue?.jobs ?? null,
  };
}

/** Whole milliseconds, never negative. */
const ageOf = (ms: number | null): number | null => (ms === null ? null : Math.max(0, Math.round(ms)));

const latest = (ages: (number | null)[]): number | null => {
  const known = ages.filter((ms) => ms !== null).map((ms) => Math.max(0, ms));
  return known.length === 0 ? null : Math.min(...known);
};

const drainsOf = ({ workers }: QueueFigures) => ({
  count: workers.length,
  last_exchange_ms: latest(workers.map(({ last_exchange_ms }) => last_exchange_ms)),
  last_settled_ms: latest(workers.map(({ last_settled_ms }) => last_settled_ms)),
});

/** Why sending stands still though it could go on; null when it does not, or cannot be said to. */
function stallOf(oldest: number, drains: NonNullable<HealthReport['drains']>) {
  if (oldest <= stallMs) return null;
  const { last_exchange_ms: asked, last_settled_ms: settled } = drains;
  if (asked === null || asked > stallMs) {
    const since = asked === null ? 'within the last hour' : `for ${seconds(asked)}`;
    const sentence = `${lateSentence(oldest)} No drain has asked for deliveries ${since}: is the drain route called?`;
    return { isSilent: true, sentence };
  }
  if (settled === null || settled > stallMs) {
    const since = settled === null ? 'within the last hour' : `for ${seconds(settled)}`;
    return {
      isSilent: false,
      sentence: `${lateSentence(oldest)} Drains ask, but none has ended a delivery ${since}.`,
    };
  }
  return null;
}

const lateSentence = (oldest: number) => `A delivery that could be sent has waited for ${seconds(oldest)}.`;

function ownWarnings({ drain, database, configuredConcurrency }: HealthInput): string[] {
  const { failedExchanges, concurrency } = drain;
  return [
    ...(failedExchanges > 0
      ? [
          failedExchanges === 1
            ? 'The last exchange of this process with the database failed; it tries again.'
            : `The last ${failedExchanges} exchanges of this process with the database failed; it goes on trying.`,
        ]
      : []),
    ...(database === 'lost'
      ? [
          'WEBHOOKS_DATABASE_URL cannot be reached, or its role cannot become service_role (the log says why): the Supabase API is asked instead, and sending is slower.',
        ]
      : []),
    ...(concurrency < configuredConcurrency
      ? [
          `This process lacked sockets, descriptors or memory: it sends at most ${concurrency} at once instead of ${configuredConcurrency}, and more again as that succeeds.`,
        ]
      : []),
  ];
}

function upkeepWarnings({ chores, jobs }: QueueFigures): string[] {
  const failing = chores.filter(({ error }) => error !== null);
  return [
    ...failing.map(
      ({ chore, error, last_success_ms }) =>
        `The chore ${chore} fails (${last_success_ms === null ? 'it has never succeeded' : `last success ${seconds(Math.max(0, last_success_ms))} ago`}): ${error}`,
    ),
    ...(jobs.failed > 0
      ? [
          jobs.failed === 1
            ? 'A background job failed within a day.'
            : `${jobs.failed} background jobs failed within a day.`,
        ]
      : []),
  ];
}

const problemSentences: Record<FiguresProblem, string> = {
  late: 'The database has not answered in time.',
  unreachable: 'The Supabase API cannot be reached.',
  database_away: 'The Supabase API answers, but its database does not.',
  key_refused: 'SUPABASE_SECRET_KEY is not accepted by this project, or is not its secret key.',
  schema: `The database does not have the schema of this version (${schemaVersion}): apply the migrations (npm run migrate -- postgres://…; locally, start npm start again).`,
  failed: 'The database answered with an error, which the log names.',
};

/** 61 s; 5 min; 26 h. */
function seconds(ms: number): string {
  if (ms < 120_000) return `${Math.floor(ms / 1000)} s`;
  return ms < 7_200_000 ? `${Math.floor(ms / 60_000)} min` : `${Math.floor(ms / 3_600_000)} h`;
}
