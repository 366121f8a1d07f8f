import { createHmac, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool as Database } from 'pg';
import { type Job, PgBoss } from 'pg-boss';
import { Pool } from 'undici';

/*
 * What somebody writes in an afternoon, at its best: pg-boss, eight workers in batches of 500, one signature, a row for each
 * attempt. No fairness, no limits, no leases of single deliveries, no transforms. In a process of its own, so that its CPU can
 * be told; the first argument is the database, the second the receiver.
 */

const [databaseUrl = '', receiverUrl = ''] = process.argv.slice(2);
const queue = 'deliveries';
const workers = 8;
const batchSize = 500;
const secret = randomUUID();

export type ByHandCommand =
  | { do: 'fill'; count: number; payload: object }
  | { do: 'work' }
  | { do: 'rest' }
  | { do: 'cpu' };
export type ByHandReport = { port: number; done: number; cpuSeconds: number };

const boss = new PgBoss({ connectionString: databaseUrl, schema: 'by_hand', max: workers });
boss.on('error', console.error);
await boss.start();
await boss.createQueue(queue);
const database = new Database({ connectionString: databaseUrl, max: workers });
await database.query(`
  create table if not exists by_hand.attempts (
    id bigint generated always as identity primary key, delivery uuid not null, status integer not null,
    duration_ms integer not null, request text not null, response text not null, at timestamptz not null default now())`);
const http = new Pool(receiverUrl, { connections: 1024 });

let done = 0;
let isWorking = false;

type Delivery = { path: string; payload: object };

async function deliver({ id, data }: Job<Delivery>) {
  const began = performance.now();
  const body = JSON.stringify({
    event_type: 'lead.created',
    payload: data.payload,
    timestamp: new Date().toISOString(),
  });
  const at = String(Math.floor(Date.now() / 1000));
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': at,
    'webhook-signature': `v1,${createHmac('sha256', secret).update(`${id}.${at}.${body}`).digest('base64')}`,
  };
  const answer = await http.request({ path: data.path, method: 'POST', headers, body });
  const response = await answer.body.text();
  return { id, status: answer.statusCode, duration: Math.round(performance.now() - began), body, response };
}

/** One of the workers: fetches, sends all at once, writes the attempts, completes. */
async function work(): Promise<void> {
  while (isWorking) {
    const jobs = await boss.fetch<Delivery>(queue, { batchSize });
    if (jobs.length === 0) {
      await sleep(50);
      continue;
    }
    const attempts = await Promise.all(jobs.map(deliver));
    await database.query(
      `insert into by_hand.attempts (delivery, status, duration_ms, request, response)
       select * from unnest($1::uuid[], $2::int[], $3::int[], $4::text[], $5::text[])`,
      [
        attempts.map(({ id }) => id),
        attempts.map(({ status }) => status),
        attempts.map(({ duration }) => duration),
        attempts.map(({ body }) => body),
        attempts.map(({ response }) => response),
      ],
    );
    await boss.complete(
      queue,
      jobs.map(({ id }) => id),
    );
    done += jobs.length;
  }
}

const server = createServer(async (request, response) => {
  const { payload } = JSON.parse(await text(request));
  const id = await boss.send(queue, { path: '/0', payload });
  response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ id }));
}).listen(0, '127.0.0.1', tell);

function tell(): void {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { user, system } = process.cpuUsage();
  process.send?.({ port, done, cpuSeconds: (user + system) / 1e6 } satisfies ByHandReport);
}

process.on('message', async (command: ByHandCommand) => {
  if (command.do === 'fill') {
    for (let n = 0; n < command.count; n += 1000) {
      const rows = Array.from({ length: Math.min(1000, command.count - n) }, () => ({
        data: { path: '/0', payload: command.payload },
      }));
      await boss.insert(queue, rows);
    }
    done = 0;
  }
  if (command.do === 'work' && !isWorking) {
    isWorking = true;
    for (let n = 0; n < workers; n += 1) void work();
  }
  if (command.do === 'rest') isWorking = false;
  tell();
});
process.on('disconnect', () => process.exit(0));
