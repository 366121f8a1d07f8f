import type { ChaosReport } from './chaosRun.ts';
import type { Check } from './ledger.ts';
import type { SituationReport } from './situationRun.ts';

const list = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';

const allKept = (checks: Check[]) => checks.every(({ faults }) => faults.length === 0);

/** True when every promise was kept. */
export const held = ({ checks, quietSeconds }: ChaosReport) => quietSeconds !== null && allKept(checks);

/** True when every promise beside every situation was kept. */
export const situationsHeld = (reports: SituationReport[]) => reports.every(({ checks }) => allKept(checks));

const promiseRow = ({ name, checked, faults }: Check) => [
  faults.length === 0 ? '✓' : '✗',
  name,
  String(checked),
  faults.length === 0 ? '0' : `${faults.length}: ${faults.slice(0, 3).join('; ')}`,
];

/** What happened and what was checked, as two Markdown tables. */
export function reportText(report: ChaosReport): string {
  const { killed, load, totals, checks, quietSeconds } = report;
  const total = Object.values(killed).reduce((sum, count) => sum + count, 0);
  const facts = [
    ['Killed', `${total}: ${list(killed)}`],
    ['Events accepted', `${load.accepted.length}; ${load.givenUp} given up by their callers`],
    ['Calls repeated', list(load.refusals)],
    ['Deliveries', `${totals.deliveries}: ${totals.succeeded} success, failed: ${list(totals.failed)}`],
    ['Attempts written', `${totals.attempts}; requests received ${totals.requests}`],
    ['Accepted more than once', `${totals.duplicates} deliveries`],
    ['Requests whose attempt was never written', String(totals.unwritten)],
    ['Queue empty after', quietSeconds === null ? 'NEVER' : `${quietSeconds.toFixed(1)} s`],
    ['Whole run', `${report.seconds.toFixed(0)} s`],
  ];
  return [
    table([['What', 'Measured'], ['---', '---'], ...facts]),
    table([['', 'Promise', 'Checked', 'Broken'], ['---', '---', '---:', '---'], ...checks.map(promiseRow)]),
  ].join('\n\n');
}

/**
 * The situations as two Markdown tables: what ordinary webhooks noticed, and the promises, each with how often it was
 * checked beside all of them; what broke names its situation.
 */
export function situationsText(reports: SituationReport[]): string {
  const rows = reports.map(({ name, promise, events, figures: { alone, beside } }) => [
    name,
    String(events),
    `${alone.p99.toFixed(0)} ms`,
    promise === 'afterwards' ? 'arrive afterwards' : `${beside.p99.toFixed(0)} ms`,
    promise === 'afterwards' ? '' : `${(beside.p99 / alone.p99).toFixed(2)} ×`,
  ]);
  const byPromise = Map.groupBy(
    reports.flatMap(({ name, checks }) =>
      checks.map((one) => ({ ...one, faults: one.faults.map((fault) => `(${name}) ${fault}`) })),
    ),
    ({ name }) => name,
  );
  const promises = [...byPromise].map(([name, checks]) =>
    promiseRow({
      name,
      checked: checks.reduce((sum, { checked }) => sum + checked, 0),
      faults: checks.flatMap(({ faults }) => faults),
    }),
  );
  return [
    table([
      ['Situation', 'Events', 'p99 alone', 'beside it', ''],
      ['---', '---:', '---:', '---:', '---:'],
      ...rows,
    ]),
    table([['', 'Promise', 'Checked', 'Broken'], ['---', '---', '---:', '---'], ...promises]),
  ].join('\n\n');
}

const table = (rows: string[][]) => rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
