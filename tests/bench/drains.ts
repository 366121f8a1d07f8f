import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AppProcess,
  requireOwnAnswer,
  startApp,
  waitUntilHealthy,
} from '../../scripts/stack/app/appProcess.ts';
import { startCronTicker } from '../../scripts/stack/app/cronTicker.ts';
import { choosePort } from '../../scripts/stack/machine/freePort.ts';
import { appEnv } from '../../scripts/stack/stack.ts';
import type { Bench } from './benchContext.ts';
import { appPids, cpuByPart } from './cpu.ts';
import { drain } from './deliveries.ts';

/** The cost of a delivery with 1, 2 and 4 processes that drain at once. They share this machine, so the rate tells little. */
export async function measureDrains(bench: Bench): Promise<void> {
  const total = bench.quick ? 10_000 : 60_000;
  const others: (() => Promise<void>)[] = [];
  let alone = 0;
  try {
    for (const drains of [1, 2, 4]) {
      while (others.length < drains - 1) others.push(await startDrain(bench));
      await drain(bench, total / 2, 100);
      const before = cpuByPart();
      const rate = await drain(bench, total, 100);
      const after = cpuByPart();
      const parts = ['app', 'api', 'database'] as const;
      const micros = (parts.reduce((sum, part) => sum + after[part] - before[part], 0) / total) * 1e6;
      alone ||= micros;
      bench.figures.push({ name: `deliveries, ${drains} drains`, value: rate, unit: '/s' });
      bench.figures.push({
        name: `CPU per delivery, ${drains} drains`,
        value: micros,
        unit: 'µs',
        ratio: micros / alone,
        of: 'one drain',
      });
    }
  } finally {
    await Promise.all(others.map((stop) => stop()));
  }
}

/** One more app process with a drain of its own. Answers what stops it. */
async function startDrain(bench: Bench): Promise<() => Promise<void>> {
  const app: AppProcess = startApp({
    mode: 'start',
    port: await choosePort(undefined),
    dataDir: bench.dataDir,
    env: { ...appEnv(bench.info, process.env), WEBHOOKS_WORKER: '' },
    onRestart: (message) => console.log(`! ${message}`),
  });
  await waitUntilHealthy(app, 60_000);
  const stopTicker = startCronTicker({
    url: app.url,
    cronSecret: bench.info.cron_secret,
    requireOwnAnswer: () => requireOwnAnswer(app),
    onError: (message) => console.log(`! ${message}`),
  });
  await warmUp(bench, app);
  return async () => void (await Promise.all([stopTicker(), app.stop()]));
}

/** A young process has yet to compile its code. Of several drains one may take everything: here it is this one. */
async function warmUp(bench: Bench, app: AppProcess): Promise<void> {
  const others = appPids().filter((pid) => pid !== app.pid());
  for (const pid of others) process.kill(pid, 'SIGSTOP');
  try {
    await sleep(100); // what they were asking the database has been answered
    await drain(bench, bench.quick ? 10_000 : 30_000, 100);
  } finally {
    for (const pid of others) process.kill(pid, 'SIGCONT');
  }
}
