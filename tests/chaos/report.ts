import type { ChaosReport } from './chaosRun.ts';

const list = (counts: Record<string, number>) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';

/** True when every promise was kept. */
export const held = ({ checks, quietSeconds }: ChaosReport) =>
  quietSeconds !== null && checks.every(({ faults }) => faults.length === 0);

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
  const promises = checks.map(({ name, checked, faults }) => [
    faults.length === 0 ? '✓' : '✗',
    name,
    String(checked),
    faults.length === 0 ? '0' : `${faults.length}: ${faults.slice(0, 3).join('; ')}`,
  ]);
  return [
    table([['What', 'Measured'], ['---', '---'], ...facts]),
    table([['', 'Promise', 'Checked', 'Broken'], ['---', '---', '---:', '---'], ...promises]),
  ].join('\n\n');
}

const table = (rows: string[][]) => rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
