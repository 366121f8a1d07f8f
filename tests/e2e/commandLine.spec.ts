import { type APIRequestContext, expect, request } from '@playwright/test';
import { Webhook } from 'standardwebhooks';
import { startStack } from '../../scripts/stack/stack.ts';
import { type CommandLine, devlink, ranDevlink } from '../support/commandLine.ts';
import { portOfWorker, signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks, signIn } from '../support/session.ts';
import { temporaryDataDir } from '../support/temporaryDataDir.ts';

/*
 * The command line against the product: the five lines of the README, and what it says when something is wrong.
 */

async function newToken(api: APIRequestContext, scope: string): Promise<string> {
  const answer = await api.post('/api/tokens', { data: { name: `cli ${scope}`, scope, days: 30 } });
  return (await answer.json()).token;
}

const webhooksOf = async (api: APIRequestContext) => (await (await api.get('/api/webhooks')).json()).items;
const inboxesOf = async (api: APIRequestContext) =>
  (await (await api.get('/api/playground/inboxes')).json()).items;

const secretOf = async (line: CommandLine) => (await line.says(/Signing secret +(whsec_\S+)/))[1] ?? '';

test.afterEach(async ({ page }) => {
  const { items } = await (await page.request.get('/api/tokens')).json();
  for (const { id } of items) await page.request.delete(`/api/tokens/${id}`);
  await deleteAllWebhooks(page.request);
});

test('a token from the console, listen, and trigger from another shell: a signed request arrives', async ({
  page,
  receiver,
  local,
}) => {
  await page.goto('/tokens');
  await page.getByRole('button', { name: 'Nouveau jeton' }).first().click();
  const form = page.getByRole('dialog', { name: 'Nouveau jeton d’API' });
  await form.getByRole('textbox', { name: 'Nom' }).fill('Mon poste');
  await form.getByRole('radio', { name: /Gérer/ }).click();
  await form.getByRole('button', { name: 'Créer le jeton' }).click();
  const made = page.getByRole('region', { name: 'Jeton', exact: true });
  const env = { DEVLINK_URL: local.url, DEVLINK_TOKEN: (await made.textContent()) ?? '' };

  receiver.answer({ status: 202, body: 'vu' });
  const listening = devlink(['listen', '--forward', `${receiver.url}/hook?a=1`, '--events', 'lead.*'], env);
  const secret = await secretOf(listening);
  const payload = '{"id":"42","nom":"Zoé Dupont"}';
  const triggered = await ranDevlink(['trigger', 'lead.created', '--data', '-'], env, payload);
  expect([triggered.code, triggered.printed]).toEqual([0, expect.stringContaining('1 delivery')]);

  const [arrived] = await receiver.waitFor(1, 60_000);
  const body = String(arrived?.body);
  const headers = arrived?.headers as Record<string, string>;
  expect(new Webhook(secret).verify(body, headers)).toMatchObject({ payload: JSON.parse(payload) });
  expect([arrived?.method, arrived?.path]).toEqual(['POST', '/hook?a=1']);
  expect(headers['content-type']).toBe('application/json');
  // The seed's header holds its secret and the body: it comes in clear, too.
  expect(Buffer.from(headers['x-webhook-signature'] ?? '', 'base64').toString()).toContain(`:${body}`);
  await listening.says(/lead\.created {2}202 .*\n {2}vu/);

  const listed = await ranDevlink(['deliveries', 'ls', '--json'], env);
  const [delivery] = JSON.parse(listed.printed).items;
  expect(headers['webhook-id']).toBe(delivery.id);
  const got = await ranDevlink(['deliveries', 'get', delivery.id], env);
  expect(got.printed).toMatch(/status +success/);
  const again = await ranDevlink(['replay', delivery.id], env);
  expect([again.code, again.printed]).toEqual([0, expect.stringContaining('goes out again')]);
  const [, replayed] = await receiver.waitFor(2, 60_000);
  expect(replayed?.headers['webhook-id']).toBe(delivery.id);
  const events = await ranDevlink(['events', 'ls', '--type', 'lead.created', '--limit', '1'], env);
  expect(events.printed).toMatch(/^id +occurred_at .*\n\S+ .* lead\.created +1/);

  expect(await webhooksOf(page.request)).toHaveLength(1);
  listening.child.kill('SIGINT');
  expect(await listening.ended).toBe(0);
  expect(listening.printed()).toContain('Removed');
  expect([await webhooksOf(page.request), await inboxesOf(page.request)]).toEqual([[], []]);
});

test('webhooks go out as a file, and come in as one', async ({ page, local }) => {
  const env = { DEVLINK_URL: local.url, DEVLINK_TOKEN: await newToken(page.request, 'manage') };
  const data = { name: 'Compta', url: 'http://127.0.0.1:4000/', events: ['lead.*'] };
  expect((await page.request.post('/api/webhooks', { data })).status()).toBe(201);
  const exported = await ranDevlink(['export'], env);
  expect(exported.printed).toContain('slug: compta\n');
  const unchanged = await ranDevlink(['diff', '-'], env, exported.printed);
  expect([unchanged.code, unchanged.printed]).toEqual([
    0,
    '0 to be created, 0 to be changed, 1 unchanged.\n',
  ]);

  const file = exported.printed.replace('retry_delay: 5', 'retry_delay: 60');
  const diff = await ranDevlink(['diff', '-'], env, file);
  expect([diff.code, diff.printed]).toEqual([
    8,
    expect.stringContaining('~ compta\n    retry_delay: 5 → 60'),
  ]);
  const applied = await ranDevlink(['apply', '-'], env, file);
  expect([applied.code, applied.printed]).toEqual([0, expect.stringContaining('0 created, 1 changed')]);
  expect(await webhooksOf(page.request)).toMatchObject([{ slug: 'compta', retry_delay: 60 }]);

  const wrong = await ranDevlink(['import', '-'], env, file.replace('retry_delay: 60', 'retry_delay: x'));
  expect([wrong.code, wrong.failed]).toEqual([7, expect.stringContaining('webhooks.0.retry_delay: ')]);
});

test('what is wrong is said, with what to do', async ({ page, local }) => {
  const reading = { DEVLINK_URL: local.url, DEVLINK_TOKEN: await newToken(page.request, 'read') };
  const triggering = { ...reading, DEVLINK_TOKEN: await newToken(page.request, 'trigger') };
  const wrong = { ...reading, DEVLINK_TOKEN: `${reading.DEVLINK_TOKEN.slice(0, -1)}_` };
  const tries: [string[], Record<string, string>, number, RegExp][] = [
    [['webhooks', 'ls'], { ...reading, DEVLINK_TOKEN: '' }, 4, /make one in the console.*\/tokens/],
    [['webhooks', 'ls'], wrong, 4, /no API token that was ever made/],
    [['webhooks', 'ls'], { ...reading, DEVLINK_TOKEN: 'secret' }, 4, /API token/],
    [['listen', '--forward', 'http://127.0.0.1:4000/'], reading, 5, /needs "manage"/],
    [['webhooks', 'ls'], triggering, 5, /needs "read"/],
    [
      ['webhooks', 'ls'],
      { ...reading, DEVLINK_URL: 'http://127.0.0.1:1024' },
      3,
      /does not answer.*npm start/,
    ],
    [['webhooks', 'get', 'x'], reading, 6, /no webhook with this id/],
    [['trigger', 'nothing.known'], triggering, 7, /not in the registry/],
    [['trigger', 'lead.created', '--data', '/nowhere.json'], triggering, 2, /no such file/],
    [['listen'], reading, 2, /--forward/],
    [['deliveries', 'ls', '--status', 'x'], reading, 7, /status/],
  ];
  for (const [args, env, code, says] of tries) {
    const ran = await ranDevlink(args, env);
    expect([args, ran.code, ran.failed]).toEqual([args, code, expect.stringMatching(says)]);
    expect(ran.failed).not.toContain(env.DEVLINK_TOKEN || 'dlk_x');
  }
  const { failed } = await ranDevlink(['--json', 'webhooks', 'get', 'x'], reading);
  expect(JSON.parse(failed)).toMatchObject({ exit_code: 6, code: 'webhook_not_found' });
});

test('who listens goes on when the product comes back, and passes nothing on twice', async ({ receiver }) => {
  const dataDir = temporaryDataDir();
  const env = {
    ...process.env,
    PORT: await portOfWorker(test.info().parallelIndex),
    SUPABASE_URL: undefined,
  };
  const start = () => startStack({ mode: 'start', dataDir, env, signal: new AbortController().signal });
  let stack = await start();
  const api = await request.newContext({ baseURL: stack.info.url });
  await signIn(api, stack.info.admin);
  const variables = { DEVLINK_URL: stack.info.url, DEVLINK_TOKEN: await newToken(api, 'manage') };
  const listening = devlink(['listen', '--forward', receiver.url], variables);
  try {
    await secretOf(listening);
    await ranDevlink(['trigger', 'lead.created'], variables);
    await receiver.waitFor(1, 60_000);
    await stack.stop();
    await listening.says(/does not answer/);
    stack = await start();
    await listening.says(/it is back/);
    await ranDevlink(['trigger', 'lead.updated'], variables);
    await receiver.waitFor(2, 60_000);
    await ranDevlink(['trigger', 'lead.deleted'], variables);
    const requests = await receiver.waitFor(3, 60_000);
    expect(requests.map(({ headers }) => headers['x-webhook-event'])).toEqual([
      'lead.created',
      'lead.updated',
      'lead.deleted',
    ]);
    listening.child.kill('SIGTERM');
    expect(await listening.ended).toBe(0);
    expect(await webhooksOf(api)).toEqual([]);
  } finally {
    listening.child.kill('SIGKILL');
    await api.dispose();
    await stack.stop();
  }
});
