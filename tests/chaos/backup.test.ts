import { readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LocalInfo } from '../../scripts/stack/localInfo.ts';
import { type Launched, launchProduct, runProgramOf } from '../support/launched.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { temporaryDataDir } from '../support/temporaryDataDir.ts';
import { addWebhook } from '../support/webhooks.ts';
import { signIn } from './load.ts';

/*
 * `npm run backup` and `npm run restore` of the local stack, with deliveries that wait: what went out since the backup goes
 * again under the same ids, what was final stays so.
 */

const waiting = 20;
let receiver: Receiver;
let dataDir: string;
let other: string;
let backup: string;
let launched: Launched | undefined;

beforeAll(async () => {
  receiver = await startReceiver();
  dataDir = temporaryDataDir();
  other = temporaryDataDir();
  backup = path.join(other, 'backup.tar.gz');
});
afterAll(async () => {
  await launched?.stop();
  await receiver.close();
  for (const folder of [dataDir, other]) rmSync(folder, { recursive: true, force: true });
});

const idsSent = () => new Set(receiver.requests.map(({ headers }) => String(headers['webhook-id'])));

async function start(folder: string): Promise<LocalInfo> {
  launched = launchProduct(folder);
  return launched.ready();
}

async function stop(): Promise<void> {
  expect(await launched?.stop()).toBe(0);
}

async function inDatabase<T>(info: LocalInfo, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = postgres(info.database_url ?? '', { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

const historyOf = (info: LocalInfo) =>
  inDatabase(info, async (sql) =>
    (await sql`select id from webhook_history order by id`).map(({ id }) => id),
  );

let done: string[];
let repeated: Set<string>;

it('a backup of a running stack has what was committed; what went out since goes again under the same ids', async () => {
  const info = await start(dataDir);
  await inDatabase(info, async (sql) => {
    await addWebhook(sql, { url: `${receiver.url}/`, max_retries: 20 });
    await sql`select emit_webhook_event('lead.created', '{"id": "done"}')`;
    await sql`insert into crm_files (nom, taille, contenu) values ('a.bin', 3, '\\x000102')`;
  });
  await expect.poll(() => historyOf(info), { timeout: 20_000 }).toHaveLength(1);
  done = await historyOf(info);
  receiver.requests.length = 0;
  receiver.answer({ status: 422 });
  await inDatabase(
    info,
    (sql) => sql`
    select emit_webhook_event('lead.created', json_build_object('id', n)) from generate_series(1, ${waiting}::int) as n`,
  );
  await receiver.waitFor(waiting);

  const made = await runProgramOf(dataDir, 'backup', backup);
  expect([made.code, made.printed]).toEqual([0, expect.stringContaining(`Sauvegarde écrite dans ${backup}`)]);
  expect(statSync(backup).mode & 0o077).toBe(0);
  const again = await runProgramOf(dataDir, 'backup', backup);
  expect([again.code, again.printed]).toEqual([1, expect.stringContaining('existe déjà')]);
  const refused = await runProgramOf(dataDir, 'restore', backup);
  expect([refused.code, refused.printed]).toEqual([1, expect.stringContaining('est déjà utilisé')]);

  // They go out, and one that the backup does not know.
  receiver.requests.length = 0;
  receiver.answer({ status: 200 });
  await inDatabase(info, (sql) => sql`select emit_webhook_event('lead.created', '{"id": "since"}')`);
  await expect.poll(() => historyOf(info), { timeout: 60_000 }).toHaveLength(waiting + 2);
  repeated = idsSent();
  expect(repeated.size).toBe(waiting + 1);
  await stop();

  const restored = await runProgramOf(dataDir, 'restore', backup);
  expect([restored.code, restored.printed]).toEqual([0, expect.stringContaining('rétablie')]);
  receiver.requests.length = 0;
  const after = await start(dataDir);
  expect(await historyOf(after)).toEqual(done);
  await expect.poll(() => historyOf(after), { timeout: 60_000 }).toHaveLength(waiting + 1);
  expect(idsSent().size).toBe(waiting);
  expect([...idsSent()].filter((id) => !repeated.has(id))).toEqual([]);
  expect(idsSent().has(done[0] ?? '')).toBe(false);
  const [file] = await inDatabase(after, (sql) => sql`select contenu from crm_files`);
  expect(file?.contenu).toEqual(Buffer.from([0, 1, 2]));
  await stop();
  // What it replaced is kept, with its keys.
  const [kept = ''] = readdirSync(path.join(dataDir, 'postgres')).filter((name) =>
    name.startsWith('replaced-'),
  );
  expect(readdirSync(path.join(dataDir, 'postgres', kept)).sort()).toEqual([
    'admin.json',
    'data',
    'secrets.json',
  ]);
});

it('a backup of a stopped stack starts elsewhere, with the same accounts, beside the original', async () => {
  const cold = path.join(other, 'cold.tar.gz');
  const made = await runProgramOf(dataDir, 'backup', cold);
  expect([made.code, made.printed]).toEqual([0, expect.stringContaining(cold)]);
  const folder = path.join(other, 'elsewhere');
  const restored = await runProgramOf(folder, 'restore', cold);
  expect([restored.code, restored.printed]).toEqual([0, expect.not.stringContaining('gardé')]);
  const info = await start(folder);
  expect(await historyOf(info)).toHaveLength(waiting + 1);
  expect(await signIn(info)).toMatch(/^ey/);
  await stop();
});

it.each<[what: string, spoil: (file: string) => void, sentence: string]>([
  ['cut off', (file) => truncateSync(file, statSync(file).size - 1000), 'incomplète ou abîmée'],
  ['cut off at its end', (file) => truncateSync(file, statSync(file).size - 1), 'incomplète ou abîmée'],
  ['altered in the middle', alter, 'incomplète ou abîmée'],
  ['empty', (file) => truncateSync(file, 0), 'n’est pas une sauvegarde'],
  ['of another kind', (file) => writeFileSync(file, 'create table a (b int);'), 'n’est pas une sauvegarde'],
  ['missing', (file) => rmSync(file), 'manque'],
])('a file that is %s is refused, and nothing is changed', async (what, spoil, sentence) => {
  const file = path.join(other, `${what}.tar.gz`);
  writeFileSync(file, readFileSync(backup));
  spoil(file);
  const before = stateOf(dataDir);
  const { code, printed } = await runProgramOf(dataDir, 'restore', file);
  expect([code, printed]).toEqual([1, expect.stringContaining(sentence)]);
  expect(stateOf(dataDir)).toEqual(before);
});

function alter(file: string): void {
  const bytes = readFileSync(file);
  const middle = Math.floor(bytes.length / 2);
  bytes.fill(0x55, middle, middle + 4);
  writeFileSync(file, bytes);
}

const stateOf = (folder: string) => [
  readFileSync(path.join(folder, 'secrets.json'), 'utf8'),
  statSync(path.join(folder, 'postgres/data')).ino,
  readdirSync(path.join(folder, 'postgres')).sort(),
];
