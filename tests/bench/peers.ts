import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { ratePerSecond } from './benchApi.ts';
import { type Bench, samplePayload } from './benchContext.ts';
import { cpuByPart } from './cpu.ts';
import { emptied, fill } from './deliveries.ts';
import { sampleLatency } from './latency.ts';
import type { ByHandCommand, ByHandReport } from './senderByHand.ts';
import { percentile } from './table.ts';

const backlog = 20_000;

/** Beside a sender that is made by hand with pg-boss, on the same Postgres, to the same receiver: four columns and their ratios. */
export async function measurePeers(bench: Bench): Promise<void> {
  const byHand = await startByHand(bench);
  try {
    await deliveries(bench, byHand);
    await triggers(bench, byHand);
    await latency(bench, byHand);
  } finally {
    byHand.stop();
    await bench.sql`drop schema if exists by_hand cascade`;
  }
}

type ByHand = { tell(command: ByHandCommand): Promise<ByHandReport>; port: number; stop(): void };

async function startByHand({ info, receiver }: Bench): Promise<ByHand> {
  const file = fileURLToPath(new URL('./senderByHand.ts', import.meta.url));
  const child = fork(file, [info.database_url ?? '', receiver.url]);
  const [{ port }] = (await once(child, 'message')) as [ByHandReport];
  const tell = async (command: ByHandCommand) => {
    child.send(command);
    return ((await once(child, 'message')) as [ByHandReport])[0];
  };
  return { tell, port, stop: () => child.disconnect() };
}

function push({ figures }: Bench, name: string, unit: string, ours: number, theirs: number): void {
  figures.push(
    { name: `${name}, by hand`, value: theirs, unit },
    { name, value: ours, unit, ratio: ours / theirs, of: 'by hand' },
  );
}

/** From a backlog, of a hundred webhooks here and of one receiver by hand, until the last is logged; CPU of sender, API and database, not of the receiver. */
async function deliveries(bench: Bench, byHand: ByHand): Promise<void> {
  const handRun = async () => {
    await byHand.tell({ do: 'fill', count: backlog, payload: samplePayload });
    await bench.sql`vacuum analyze`;
    const database = cpuByPart().database;
    const { cpuSeconds } = await byHand.tell({ do: 'cpu' });
    const began = performance.now();
    await byHand.tell({ do: 'work' });
    for (;;) {
      const report = await byHand.tell({ do: 'cpu' });
      if (report.done >= backlog) break;
      await sleep(20);
    }
    const seconds = (performance.now() - began) / 1000;
    const report = await byHand.tell({ do: 'rest' });
    await sleep(200); // each worker ends its round
    return { rate: backlog / seconds, cpu: report.cpuSeconds - cpuSeconds + cpuByPart().database - database };
  };
  const ownRun = async () => {
    await fill(bench, backlog, 100);
    const before = cpuByPart();
    const rate = await emptied(bench, backlog);
    const after = cpuByPart();
    return { rate, cpu: after.app - before.app + after.api - before.api + after.database - before.database };
  };
  // Once to be warm, and then in turns: a machine's speed drifts.
  await handRun();
  await ownRun();
  const hand = [await handRun()];
  const own = [await ownRun(), await ownRun()];
  hand.push(await handRun());
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  push(
    bench,
    `deliveries from a backlog of ${backlog.toLocaleString('en')}`,
    '/s',
    mean(own.map(({ rate }) => rate)),
    mean(hand.map(({ rate }) => rate)),
  );
  const micros = (runs: { cpu: number }[]) => (mean(runs.map(({ cpu }) => cpu)) / backlog) * 1e6;
  push(bench, 'CPU per delivery, all parts', 'µs', micros(own), micros(hand));
}

async function triggers(bench: Bench, byHand: ByHand): Promise<void> {
  const pool = new Pool(`http://127.0.0.1:${byHand.port}`, { connections: 64 });
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ payload: samplePayload });
  const rates: number[] = [];
  for (const width of [1, 16, 64]) {
    const task = async () => {
      await (await pool.request({ path: '/', method: 'POST', headers, body })).body.dump();
    };
    await ratePerSecond(1, width, task);
    rates.push(await ratePerSecond(bench.quick ? 2 : 5, width, task));
  }
  await pool.close();
  bench.figures.push({ name: 'triggers over HTTP, by hand', value: Math.max(...rates), unit: '/s' });
  await bench.sql`truncate by_hand.job cascade`;
}

/** Milliseconds from the trigger's call to the arrival, one at a time on an idle machine. */
async function latency(bench: Bench, byHand: ByHand): Promise<void> {
  const samples = bench.quick ? 50 : 200;
  await byHand.tell({ do: 'work' });
  const url = `http://127.0.0.1:${byHand.port}/`;
  const trigger = async () => {
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify({ payload: samplePayload }) });
    await answer.text();
  };
  const theirs = await sampleLatency(bench, samples, 100, trigger);
  await byHand.tell({ do: 'rest' });
  for (const p of [0.5, 0.99]) {
    bench.figures.push({
      name: `trigger to receiver idle, p${p * 100}, by hand`,
      value: percentile(theirs, p),
      unit: 'ms',
    });
  }
}
