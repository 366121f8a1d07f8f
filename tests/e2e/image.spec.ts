import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect } from '@playwright/test';
import { createClient } from '@supabase/supabase-js';
import postgres from 'postgres';
import { parse } from 'yaml';
import { serveSupabaseApi } from '../../scripts/stack/api/supabaseApi';
import { projectRoot } from '../../scripts/stack/machine/dataDir';
import { freePort } from '../../scripts/stack/machine/freePort';
import { testAccounts } from '../support/accounts';
import { startCluster } from '../support/cluster';
import { test } from '../support/e2e';
import { startReceiver } from '../support/receiver';

/*
 * What the Dockerfile's last stage does, done in a bare folder: what it copies from the build, whom it runs as, its commands. Where
 * no image can be built this is what is seen of it; the build stage and the container itself are not.
 */

const stage =
  readFileSync(path.join(projectRoot, 'Dockerfile'), 'utf8')
    .split(/^FROM /m)
    .at(-1) ?? '';
const instructions = (name: string) =>
  [...stage.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, rest]) => rest ?? '');
const environment = Object.fromEntries(
  instructions('ENV').flatMap((line) => line.split(' ').map((pair) => pair.split('=') as [string, string])),
);
/** The command after CMD, as JSON. */
const commandOf = (line: string | undefined) =>
  JSON.parse(line?.replace(/^.*?(?=\[)/, '') ?? '[]') as string[];

/** As the image's `node`; an ordinary user cannot become somebody else, and runs it as itself. */
const isRoot = process.getuid?.() === 0;
const user = isRoot ? { uid: 1000, gid: 1000 } : {};

let base: string;
let app: string;
let node: string;

/** Takes the right to write away from everybody, or gives it back to the owner. */
function setWritable(file: string, writable: boolean): void {
  const stat = lstatSync(file);
  if (stat.isSymbolicLink()) return;
  chmodSync(
    file,
    writable ? stat.mode | 0o200 : (stat.mode & ~0o222) | 0o444 | (stat.isDirectory() ? 0o111 : 0),
  );
  if (stat.isDirectory()) for (const name of readdirSync(file)) setWritable(path.join(file, name), writable);
}

// One worker: each would make the folder for itself.
test.describe.configure({ mode: 'default' });

test.beforeAll(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'devlink-image-'));
  chmodSync(base, 0o755);
  app = path.join(base, 'app');
  mkdirSync(app);
  for (const line of instructions('COPY')) {
    const [, from, to] = /^--from=build \/app\/(\S+) \.\/(\S*)$/.exec(line) ?? [];
    if (from === undefined || to === undefined) throw new Error(`cannot do: COPY ${line}`);
    cpSync(path.join(projectRoot, from), path.join(app, to), { recursive: true, verbatimSymlinks: true });
  }
  // The image has its own Node; this one's folder may be closed to others.
  node = path.join(base, 'node');
  cpSync(process.execPath, node);
  setWritable(app, false);
});
test.afterAll(() => {
  setWritable(app, true);
  rmSync(base, { recursive: true, force: true });
});

type Ran = { child: ChildProcess; output(): string };

function run([program, ...args]: string[], env: Record<string, string>): Ran {
  if (program !== 'node') throw new Error(`cannot run: ${program}`);
  const variables: Record<string, string> = { PATH: '/usr/local/bin:/usr/bin:/bin', ...environment, ...env };
  const child = spawn(node, args, {
    ...user,
    cwd: app,
    env: variables as NodeJS.ProcessEnv,
  });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return { child, output: () => output };
}

async function codeOf({ child }: Ran): Promise<number | null> {
  if (child.exitCode === null) await once(child, 'exit');
  return child.exitCode;
}

test('the base image is the Node of .nvmrc, in both stages', () => {
  const version = readFileSync(path.join(projectRoot, '.nvmrc'), 'utf8').trim();
  const bases = readFileSync(path.join(projectRoot, 'Dockerfile'), 'utf8').match(/^FROM \S+/gm);
  expect(bases).toEqual(Array(2).fill(`FROM node:${version}-slim`));
});

test('the containers of compose.yaml may do nothing that they need not', () => {
  const { services } = parse(readFileSync(path.join(projectRoot, 'compose.yaml'), 'utf8'), { merge: true });
  expect(Object.keys(services)).toEqual(['app', 'cron']);
  for (const service of Object.values(services))
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    });
  expect(instructions('USER')).toEqual(['node']);
});

test('a bare folder with the output delivers: read-only, as a user with no rights', async () => {
  const { cluster, stop } = await startCluster();
  const databaseUrl = `postgres://supabase_admin:${cluster.secrets.databasePassword}@127.0.0.1:${cluster.port}/${cluster.template}`;
  const api = await serveSupabaseApi(databaseUrl, cluster.secrets);
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  const receiver = await startReceiver();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const cronSecret = cluster.secrets.cronSecret;
  const env = {
    PORT: String(port),
    HOSTNAME: '127.0.0.1',
    SUPABASE_URL: api.url,
    SUPABASE_PUBLISHABLE_KEY: api.publishableKey,
    SUPABASE_SECRET_KEY: api.secretKey,
    CRON_SECRET: cronSecret,
    WEBHOOKS_SENDS_MAIL: 'false',
    WEBHOOKS_ALLOW_HTTP: 'true',
    WEBHOOKS_ALLOW_NETWORKS: '127.0.0.0/8',
  };
  const server = run(commandOf(instructions('CMD').at(-1)), env);
  const { command } = parse(readFileSync(path.join(projectRoot, 'compose.yaml'), 'utf8'), { merge: true })
    .services.cron;
  const cron = run(
    command.map((part: string) => part.replace('http://app:3000', url)),
    { CRON_SECRET: cronSecret },
  );
  const isHealthy = async () =>
    codeOf(run(commandOf(instructions('HEALTHCHECK')[0]), { PORT: String(port) }));
  try {
    await expect.poll(isHealthy, { timeout: 60_000, message: server.output() }).toBe(0);
    const page = await fetch(`${url}/login`);
    expect(page.status).toBe(200);
    const asset = /\/_next\/static\/[^"]+\.js/.exec(await page.text())?.[0];
    expect((await fetch(url + asset)).status).toBe(200);

    // Where nothing is mailed, no page says that something was.
    const forgot = await (await fetch(`${url}/forgot`)).text();
    expect(forgot).toContain('n’envoie pas d’e-mails');
    expect(forgot).not.toContain('type="email"');

    const person = createClient(api.url, api.publishableKey, { auth: { persistSession: false } });
    const { data } = await person.auth.signInWithPassword(testAccounts.admin);
    const headers = {
      authorization: `Bearer ${data.session?.access_token}`,
      'content-type': 'application/json',
    };
    const call = async (where: string, body: object) => {
      const response = await fetch(url + where, { method: 'POST', headers, body: JSON.stringify(body) });
      expect(response.ok, `${where}: ${response.status} ${await response.clone().text()}`).toBe(true);
      return response.json();
    };
    const script = 'return { ...payload, nom: payload.nom.toUpperCase() };';
    await call('/api/webhooks', {
      name: 'Image',
      url: receiver.url,
      events: ['lead.created'],
      transform_enabled: true,
      transform_script: script,
    });
    await call('/api/webhooks/trigger', { event_type: 'lead.created', payload: { id: '1', nom: 'Dupont' } });
    // The second is an event that wakes nobody: the cron container's.
    await sql`select emit_webhook_event('lead.created', '{"id": "2", "nom": "Martin"}')`;
    const requests = await receiver.waitFor(2, 30_000);
    const names = requests.map(({ body }) => JSON.parse(body.toString()).payload.nom);
    expect(names.sort()).toEqual(['DUPONT', 'MARTIN']);
    await expect
      .poll(() => sql`select status from webhook_deliveries`)
      .toEqual([{ status: 'success' }, { status: 'success' }]);

    server.child.kill('SIGTERM');
    // Next ends with 128 + 15 when it was asked to and all was written; with 1 where it had to be ended.
    expect(await codeOf(server), server.output()).toBe(143);
    expect(await isHealthy()).toBe(1);
    expect(server.output()).not.toMatch(/EACCES|EROFS|EPERM/);
    cron.child.kill('SIGTERM');
    expect(await codeOf(cron)).toBe(0);
  } finally {
    for (const { child } of [server, cron]) child.kill('SIGKILL');
    await receiver.close();
    await sql.end();
    await api.stop();
    await stop();
  }
});
