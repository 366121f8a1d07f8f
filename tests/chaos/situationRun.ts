import { setTimeout as sleep } from 'node:timers/promises';
import { emptyTables } from '../support/emptyTables.ts';
import { HealthWatch } from './healthWatch.ts';
import type { Check } from './ledger.ts';
import { type Product, startProduct } from './product.ts';
import { Sample, type SampleFigures } from './sample.ts';
import { check, type Scale, type Situation } from './situations/situation.ts';

export type SituationReport = {
  name: string;
  promise: Situation['promise'];
  events: number;
  figures: SampleFigures;
  checks: Check[];
};

/** Of the sample: events a second; milliseconds to warm up, before and during a trouble, and for the rest to arrive. */
type Span = { perSecond: number; warmUp: number; alone: number; beside: number; afterwards: number };
const short: Span = { perSecond: 40, warmUp: 500, alone: 2000, beside: 3000, afterwards: 30_000 };
/** One stall of a tenth of a second is the whole p99 of a few hundred events: a ratio takes thousands. */
const compared: Span = { perSecond: 40, warmUp: 3000, alone: 40_000, beside: 75_000, afterwards: 90_000 };
const followed: Span = { perSecond: 40, warmUp: 3000, alone: 15_000, beside: 20_000, afterwards: 90_000 };
const spanOf = (promise: Situation['promise'], scale: Scale) =>
  scale === 'short' ? short : promise === 'beside' ? compared : followed;

/**
 * The most that ordinary events may be slowed down by somebody else's trouble: to twice, or to a tenth of a second where that is
 * more, for an idle product with a line to its database takes a hundredth. In a run of seconds the 99th percentile is that of a
 * handful of events: there it only tells waiting for something from not waiting.
 */
const mostSlowed: Record<Scale, (alone: number) => number> = {
  short: (alone) => 2 * alone + 250,
  full: (alone) => Math.max(2 * alone, 100),
};

/**
 * Runs situations one after another on one product, each against what the product promises.
 * @param hasLine whether the app may call the database itself, as on the local stack; else it has the Supabase API only
 */
export async function runSituations(
  situations: Situation[],
  scale: Scale,
  say: (line: string) => void,
  hasLine = true,
): Promise<SituationReport[]> {
  const product = await startProduct(say, hasLine);
  const reports: SituationReport[] = [];
  try {
    for (const situation of situations) {
      say(situation.name);
      const report = await runSituation(product, situation, scale);
      for (const { name, faults } of report.checks) {
        for (const fault of faults.slice(0, 3)) say(`  broken: ${name}: ${fault}`);
      }
      reports.push(report);
    }
    return reports;
  } finally {
    await product.stop();
  }
}

async function runSituation(product: Product, situation: Situation, scale: Scale): Promise<SituationReport> {
  const { perSecond, warmUp, alone, beside, afterwards } = spanOf(situation.promise, scale);
  await emptyTables(product.sql);
  await Sample.addWebhooks(product);
  // A young process has yet to compile its code; a drain that met the emptying of its tables rests for a second.
  await new Sample(product, 'http', perSecond, `warm-up-${Date.now()}`).run('alone', warmUp);
  await sleep(500);
  const from = (await product.receivers.received()).length;
  const name = `${situation.name.replace(/\W+/g, '-')}-${Date.now()}`;
  const sample = new Sample(product, situation.emit, perSecond, name);
  await sample.run('alone', alone);
  const health = new HealthWatch(product);
  const trouble = await situation.begin(product, scale);
  health.during = true;
  await sample.run('beside', beside);
  health.during = false;
  await trouble.end();
  const events = await sample.ended();
  await health.stop();
  const { figures, checks } = await sample.result(from, afterwards);
  const own = await trouble.promises();
  const pace = situation.promise === 'beside' ? [paceCheck(figures, scale)] : [];
  return {
    name: situation.name,
    promise: situation.promise,
    events,
    figures,
    checks: [...checks, ...pace, ...health.checks(trouble.named, scale), ...own],
  };
}

function paceCheck({ alone, beside }: SampleFigures, scale: Scale): Check {
  const most = mostSlowed[scale](alone.p99);
  const kept = beside.p99 <= most;
  return check(
    'the p99 of ordinary events beside it is at most twice what it is alone, or a tenth of a second',
    beside.arrivals,
    [...(kept ? [] : [`${beside.p99.toFixed(0)} ms, alone ${alone.p99.toFixed(0)} ms`])],
  );
}
