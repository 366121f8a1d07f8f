import { rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import postgres from 'postgres';
import { sendLiteToItsLog } from '../../scripts/stack/api/quietLite.ts';
import { startStack } from '../../scripts/stack/stack.ts';
import { temporaryDataDir } from '../support/temporaryDataDir.ts';
import { signedInApi } from './benchApi.ts';
import type { Bench } from './benchContext.ts';
import { startBenchReceiver } from './benchReceiver.ts';
import { measureConsole } from './console.ts';
import { measureDeliveries } from './deliveries.ts';
import { measureDrains } from './drains.ts';
import { measureFairness } from './fairness.ts';
import { measureFanOut } from './fanOut.ts';
import { measureHistory } from './history.ts';
import { measureLatency } from './latency.ts';
import { measureLooks } from './looks.ts';
import { measurePeers } from './peers.ts';
import { measurePeople } from './people.ts';
import { measureRaw } from './raw.ts';
import { measureScale } from './scale.ts';
import { type Figure, markdownTable } from './table.ts';
import { measureThrottled } from './throttled.ts';
import { measureTriggers } from './triggers.ts';

/*
 * npm run bench [-- --quick] [--only raw,deliveries] [--json file]: the product's own stack, receivers in another process, one table.
 * Every ratio is to a figure of the same run; absolutes are this machine's.
 */

const quick = process.argv.includes('--quick');
const only = process.argv.includes('--only')
  ? process.argv[process.argv.indexOf('--only') + 1]?.split(',')
  : undefined;
const jsonFile = process.argv[process.argv.indexOf('--json') + 1];
const dataDir = temporaryDataDir();
sendLiteToItsLog(dataDir);
const env = { ...process.env, PORT: undefined, SUPABASE_URL: undefined };
// How many it takes is what is measured.
process.env.WEBHOOKS_TRIGGERS_PER_MINUTE = '10000000';
const stack = await startStack({ mode: 'start', dataDir, env, signal: new AbortController().signal });
const receiver = await startBenchReceiver();
const sql = postgres(stack.info.database_url ?? '', { max: 4, onnotice: () => {} });
const figures: Figure[] = [];
try {
  const bench: Bench = {
    quick,
    receiver,
    sql,
    info: stack.info,
    dataDir,
    api: await signedInApi(stack.info),
    figures,
  };
  const measures = {
    raw: measureRaw,
    triggers: measureTriggers,
    deliveries: measureDeliveries,
    latency: measureLatency,
    peers: measurePeers,
    fanOut: measureFanOut,
    fairness: measureFairness,
    throttled: measureThrottled,
    looks: measureLooks,
    scale: measureScale,
    people: measurePeople,
    drains: measureDrains,
    history: measureHistory,
    console: measureConsole,
  };
  for (const [name, measure] of Object.entries(measures)) {
    if (only && name !== 'raw' && !only.includes(name)) continue;
    console.log(`… ${name}`);
    await measure(bench);
    // What one leaves to be written or swept is not the next one's cost.
    await sql`vacuum analyze`;
    await sql`checkpoint`;
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  console.log(`\n${machine}\n\n${markdownTable(figures)}\n`);
  if (process.argv.includes('--json') && jsonFile) {
    writeFileSync(jsonFile, `${JSON.stringify({ machine, quick, figures }, null, 2)}\n`);
  }
} finally {
  receiver.stop();
  await sql.end({ timeout: 5 });
  await stack.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit(0);
