import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/*
 * The metrics and their names; docs/operations.md lists them. Loaded only when METRICS_TOKEN is set. No label is a
 * webhook or a host: their number has no bound.
 */

/** Seconds; from a receiver in the same building to the longest timeout. */
const requestBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const shortBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** A registry of its own, with the metrics of the process and ours. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge({ name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], labelNames: L[]) =>
    new Histogram({ name, help, buckets, labelNames, registers });

  return {
    registry,
    triggers: counter(
      'webhook_triggers_total',
      'Triggers by outcome: accepted, or the code of the refusal.',
      ['outcome'],
    ),
    claimed: counter('webhook_deliveries_claimed_total', 'Deliveries that this process leased.'),
    attempts: counter(
      'webhook_attempts_total',
      'Attempts by outcome (success, retrying, failed) and error.',
      ['outcome', 'error_kind'],
    ),
    attemptDuration: histogram(
      'webhook_attempt_duration_seconds',
      'Connect to last byte of the answer, by outcome.',
      requestBuckets,
      ['outcome'],
    ),
    exchangeDuration: histogram(
      'webhook_exchange_duration_seconds',
      'Exchanges with the database (settle and claim in one), by result: ok, failed.',
      shortBuckets,
      ['result'],
    ),
    transforms: counter('webhook_transforms_total', 'Payloads given to a script: ok, or the error kind.', [
      'result',
    ]),
    transformDuration: histogram(
      'webhook_transform_duration_seconds',
      'Run of a script on one payload.',
      shortBuckets,
      [],
    ),
    sandboxDeaths: counter(
      'webhook_sandbox_deaths_total',
      'Sandbox processes that died at work, by cause: killed for timeout or memory, a fault, lost, unstarted.',
      ['cause'],
    ),
    sandboxFaults: counter(
      'webhook_sandbox_faults_total',
      'Sandbox processes that a fault of the engine ended, at work or idle, by signal or exit code.',
      ['exit'],
    ),
    choreFailures: counter('webhook_upkeep_failures_total', 'Chores of upkeep that failed in this process.', [
      'chore',
    ]),
    inFlight: gauge('webhook_attempts_in_flight', 'Attempts under way in this process.'),
    waiting: gauge('webhook_results_waiting', 'Results that wait to be written to the database.'),
    databaseUp: gauge('webhook_database_up', '1 when the database answered this scrape, else 0.'),
    health: gauge('webhook_health', 'What GET /api/health says: 1 for the status that holds, else 0.', [
      'status',
    ]),
    oldestClaimable: gauge(
      'webhook_oldest_claimable_seconds',
      'For how long the oldest delivery has waited that could be claimed now; 0: there is none.',
    ),
    held: gauge('webhook_held', 'Webhooks with due deliveries of which none may be sent now, by reason.', [
      'reason',
    ]),
    jobs: gauge('webhook_jobs', 'Background jobs that run, or failed within a day.', ['state']),
    freeSlots: gauge('webhook_drain_free_slots', 'How many more deliveries this process may claim now.'),
    concurrency: gauge(
      'webhook_drain_concurrency',
      'How many attempts may be under way at once in this process; less than configured after a lack of its own.',
    ),
    lastExchange: gauge(
      'webhook_last_exchange_seconds',
      'Since the last exchange of this process with the database that was answered; NaN: never.',
    ),
    failedExchanges: gauge(
      'webhook_failed_exchanges',
      'Exchanges of this process that failed since the last one that was answered.',
    ),
    drains: gauge('webhook_drains', 'Drains, in all processes, that exchanged within the last hour.'),
    drainsLastExchange: gauge(
      'webhook_drains_last_exchange_seconds',
      'Since any drain exchanged with the database; NaN: not within the last hour.',
    ),
    drainsLastSettled: gauge(
      'webhook_drains_last_settled_seconds',
      'Since any drain of the last hour wrote the result of an attempt; NaN: never.',
    ),
    choreSuccess: gauge(
      'webhook_upkeep_last_success_seconds',
      'Since the last success of a chore of upkeep.',
      ['chore'],
    ),
    choreFailing: gauge('webhook_upkeep_failing', '1 while a chore fails, else 0.', ['chore']),
    ownLacks: counter(
      'webhook_own_lacks_total',
      'What could not be done for a lack of our own: sender (sockets, descriptors, memory), sandbox (processes).',
      ['what'],
    ),
    queue: gauge('webhook_queue_deliveries', 'Deliveries in the queue; counted up to 100,000.', ['state']),
    breakers: gauge('webhook_breakers', 'Webhooks whose circuit breaker is open or half_open.', ['state']),
    breakerOpenings: gauge(
      'webhook_breaker_openings',
      'How often the breakers of the webhooks that fail now have opened.',
    ),
    failing: gauge('webhook_webhooks_failing', 'Webhooks with failures since their last success.'),
    webhooks: gauge('webhook_webhooks', 'Webhooks by status; disabled: switched off by the system.', [
      'status',
    ]),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
