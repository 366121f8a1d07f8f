import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { LocalInfo } from '../../scripts/stack/localInfo.ts';
import { projectRoot } from '../../scripts/stack/machine/dataDir.ts';
import { freePort } from '../../scripts/stack/machine/freePort.ts';
import { type Launched, launchProduct } from '../support/launched.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { temporaryDataDir } from '../support/temporaryDataDir.ts';
import { addWebhook } from '../support/webhooks.ts';
import { signIn } from './load.ts';
import { listenAt, type OtherProgram } from './otherProgram.ts';

/*
 * `npm start` while other programs listen where its parts did, or are about to: nobody is believed for a port, and what is
 * triggered is delivered.
 */

let dataDir: string;
let receiver: Receiver;
let launched: Launched | undefined;
const others: OtherProgram[] = [];

beforeAll(async () => {
  dataDir = temporaryDataDir();
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(() => {
  receiver.requests.length = 0;
});
afterEach(async () => {
  await launched?.stop();
  launched = undefined;
  for (const other of others.splice(0)) await other.close();
});

const portsOf = ({ url, supabase, database_url }: LocalInfo) =>
  [url, supabase.url, database_url ?? ''].map((address) => Number(new URL(address).port));

async function expectDelivery(info: LocalInfo): Promise<void> {
  const sql = postgres(info.database_url ?? '', { max: 1, onnotice: () => {} });
  try {
    await sql`delete from webhooks`;
    await addWebhook(sql, { url: receiver.url });
  } finally {
    await sql.end();
  }
  const answer = await fetch(`${info.url}/api/webhooks/trigger`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await signIn(info)}`, 'content-type': 'application/json' },
    body: '{"event_type":"lead.created","payload":{"id":"1"}}',
  });
  expect(answer.status).toBe(202);
  await receiver.waitFor(1, 20_000);
}

it('where its parts listened before they died, others are left alone, and told nothing', async () => {
  launched = launchProduct(dataDir);
  const before = portsOf(await launched.ready());
  await launched.kill();
  for (const port of before) {
    await expect
      .poll(() => listenAt(port).then((other) => others.push(other)), { timeout: 20_000 })
      .toBeGreaterThan(0);
  }
  launched = launchProduct(dataDir);
  const info = await launched.ready();
  expect(portsOf(info).filter((port) => before.includes(port))).toEqual([]);
  await expectDelivery(info);
  expect(others.map((other) => other.heard())).toEqual(['', '', '']);
});

it('where Postgres and the app are about to listen, who was quicker is told no secret, and other ports are taken', async () => {
  const report = path.join(dataDir, 'other-program');
  const preload = pathToFileURL(path.join(projectRoot, 'tests/chaos/otherProgram.ts')).href;
  launched = launchProduct(dataDir, { NODE_OPTIONS: `--import ${preload}`, OTHER_PROGRAM_REPORT: report });
  const info = await launched.ready();
  const [app, , database] = portsOf(info);
  await expectDelivery(info);
  expect(await launched.stop()).toBe(0);
  const lines = readFileSync(report, 'utf8').trim().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^taken postgres \d+$/),
    expect.stringMatching(/^taken app \d+$/),
    'heard postgres ""',
    expect.stringMatching(/^heard app "(GET \/api\/health HTTP.*)?"$/),
  ]);
  expect(lines).not.toContain(`taken postgres ${database}`);
  expect(lines).not.toContain(`taken app ${app}`);
  for (const secret of [info.cron_secret, info.supabase.secret_key, info.admin?.password])
    expect(lines.at(-1)).not.toContain(secret);
});

it('a port that was asked for and is taken is named, before anything is started', async () => {
  const port = await freePort();
  const other = await listenAt(port);
  others.push(other);
  launched = launchProduct(dataDir, { PORT: String(port) });
  await expect(launched.ready()).rejects.toThrow(`Le port ${port} est déjà pris`);
  expect(launched.printed()).not.toContain('✓');
  expect(await launched.stop()).toBe(1);
  expect(other.heard()).toBe('');
});
