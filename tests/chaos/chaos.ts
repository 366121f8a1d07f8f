import { parseArgs } from 'node:util';
import { runChaos } from './chaosRun.ts';
import { held, reportText } from './report.ts';

/*
 * npm run chaos [-- --kills 200] [-- --seed N] [-- --minutes N]: the product's own stack under load while its parts
 * are killed, then a ledger. Ends with 1 when a promise was broken. docs/chaos.md says more.
 */

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { kills: text, seed: text, minutes: text } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const kills = Number(values.kills ?? 50);
const minutes = Number(values.minutes ?? 20);
if (![seed, kills, minutes].every(Number.isFinite))
  throw new Error('--kills, --seed and --minutes are numbers');
console.log(`seed ${seed}`);
const report = await runChaos({
  kills,
  seed,
  minutes,
  pause: [1500, 4000],
  calmMs: 10_000,
  quietMs: 180_000,
  say: (line) => console.log(line),
});
console.log(`\n${reportText(report)}\n\nseed ${seed}`);
process.exit(held(report) ? 0 : 1);
