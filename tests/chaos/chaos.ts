import { parseArgs } from 'node:util';
import { runChaos } from './chaosRun.ts';
import { held, reportText, situationsHeld, situationsText } from './report.ts';
import { runSituations } from './situationRun.ts';
import { families, situationsOf } from './situations/all.ts';

/*
 * npm run chaos [-- --kills 200] [-- --drains 1] [-- --situations locks,clock | all | none] [-- --no-line] [-- --short] [-- --seed N] [-- --minutes N]:
 * the product's own stack under load while its parts are killed, then a ledger; then what goes wrong around it, one
 * situation after another. Situations that are named run alone, unless --kills is given too. Ends with 1 when a
 * promise was broken. docs/chaos.md says more.
 */

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: {
    kills: text,
    drains: text,
    situations: text,
    short: { type: 'boolean' },
    'no-line': { type: 'boolean' },
    seed: text,
    minutes: text,
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const kills = Number(values.kills ?? (values.situations === undefined ? 50 : 0));
const minutes = Number(values.minutes ?? 20);
if (![seed, kills, minutes].every(Number.isFinite))
  throw new Error('--kills, --seed and --minutes are numbers');
const drains = Number(values.drains ?? 2);
if (drains !== 1 && drains !== 2) throw new Error('--drains is 1 or 2');
const hasLine = !values['no-line'];
const names = values.situations ?? 'all';
const situations = situationsOf(
  names === 'all'
    ? Object.keys(families).filter((name) => hasLine || name !== 'line')
    : names === 'none'
      ? []
      : names.split(','),
);
const say = (line: string) => console.log(line);
let kept = true;

if (kills > 0) {
  console.log(`seed ${seed}`);
  const report = await runChaos({
    kills,
    seed,
    drains,
    minutes,
    pause: [1500, 4000],
    calmMs: 10_000,
    quietMs: 180_000,
    say,
  });
  console.log(`\n${reportText(report)}\n\nseed ${seed}\n`);
  kept = held(report);
}
if (situations.length > 0) {
  const reports = await runSituations(situations, values.short ? 'short' : 'full', say, hasLine);
  console.log(`\n${situationsText(reports)}`);
  kept &&= situationsHeld(reports);
}
process.exit(kept ? 0 : 1);
