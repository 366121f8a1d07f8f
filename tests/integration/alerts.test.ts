import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { GET as getOne, PATCH as patch, DELETE as remove } from '@/app/api/alerts/[alertId]/route';
import { POST as test } from '@/app/api/alerts/[alertId]/test/route';
import { POST as create, GET as list } from '@/app/api/alerts/route';
import { GET as getWebhook } from '@/app/api/webhooks/[webhookId]/route';
import { GET as listWebhooks } from '@/app/api/webhooks/route';
import { drainFor, stopDrain } from '@/lib/engine/processDrain';
import { startTestStack, type TestStack } from '../support/database';
import { emptyTables } from '../support/emptyTables';
import { startMailServer, type TestMailServer } from '../support/mailServer';
import { browser, call } from '../support/nextHeaders';
import { type Receiver, startReceiver } from '../support/receiver';
import { addWebhook, queueDeliveries } from '../support/webhooks';

vi.mock('next/headers', () => import('../support/nextHeaders'));

/*
 * Who is told of a webhook in trouble: by e-mail, in a chat, by another webhook, once when it begins and once when it is over;
 * through the queue, so that each message is tried again and logged.
 */

let stack: TestStack;
let mailServer: TestMailServer;
let chat: Receiver;
let receiver: Receiver;
const tokens = {} as Record<'admin' | 'member', string>;
/** What the mail server says to whoever wants to send. */
let refusal: (Error & { responseCode?: number }) | undefined;

beforeAll(async () => {
  mailServer = await startMailServer({
    onMailFrom: (_address, _session, callback) => callback(refusal),
  });
  process.env.SMTP_URL = mailServer.url;
  process.env.SMTP_FROM = 'webhooks@example.com';
  process.env.WEBHOOKS_CONSOLE_URL = 'https://console.example.com';
  stack = await startTestStack();
  for (const caller of ['admin', 'member'] as const) tokens[caller] = await stack.accessToken(caller);
  chat = await startReceiver();
  receiver = await startReceiver();
});
beforeEach(async () => {
  browser.jar.clear();
  await emptyTables(stack.sql);
  mailServer.mails.length = 0;
  chat.requests.length = 0;
  chat.answer({});
  receiver.answer({});
  refusal = undefined;
});
afterAll(async () => {
  await stopDrain();
  await Promise.all([mailServer.close(), chat.close(), receiver.close()]);
  await stack.stop();
});

type Options = { method?: string; body?: unknown; id?: string; webhookId?: string };
const ask = (
  handler: Parameters<typeof call>[0],
  { id, webhookId, ...options }: Options = {},
  caller: keyof typeof tokens = 'admin',
) =>
  call(handler, '/', {
    ...options,
    params: { ...(id && { alertId: id }), ...(webhookId && { webhookId }) },
    headers: { authorization: `Bearer ${tokens[caller]}` },
  });
const byMail = { name: 'Équipe', channel: 'email', emails: ['marie@example.com', 'jean@example.com'] };
const inSlack = () => ({ name: '#ventes', channel: 'slack', url: `${chat.url}/services/T0/geheim` });
const make = async (body: object) => {
  const answer = await ask(create, { body });
  expect(answer).toMatchObject({ status: 201 });
  return String(answer.body.id);
};
const addBroken = (fields = {}) =>
  addWebhook(stack.sql, {
    name: 'Compta',
    url: `${receiver.url}/hook`,
    max_retries: 0,
    max_in_flight: 100,
    ...fields,
  });
/** Drains until nothing but retries waits, and nothing is under way. */
async function drained() {
  await vi.waitFor(
    async () => {
      void drainFor(500);
      const [row] = await stack.sql`
        select count(*)::int as left from webhook_queue q join webhook_gates g using (webhook_id)
        where g.closed is null and q.due_at < now()`;
      expect(row?.left).toBe(0);
    },
    { timeout: 20_000, interval: 50 },
  );
}
const endPause = () =>
  stack.sql`update webhook_health set paused_until = now() - interval '1 ms' where paused_until is not null`;

describe('a receiver that breaks', () => {
  it('makes one e-mail and one message of a chat; further failures none; that it recovers one of each', async () => {
    await make(byMail);
    await make({ ...inSlack(), locale: 'en' });
    const broken = await addBroken();
    receiver.answer({ status: 503 });
    const brokeAt = Date.now();
    await queueDeliveries(stack.sql, broken, 30);
    await drained();
    expect(Date.now() - brokeAt).toBeLessThan(60_000);
    expect(mailServer.mails).toHaveLength(1);
    expect(chat.requests).toHaveLength(1);
    const [mail] = mailServer.mails;
    expect(mail?.to).toEqual(['marie@example.com', 'jean@example.com']);
    for (const part of ['Compta', 'Cause', 'À faire', 'Fiche', 'https://console.example.com/'])
      expect(mail?.raw).toContain(part);
    const message = JSON.parse(chat.requests[0]?.body.toString() ?? '');
    expect(message.text).toContain('Compta');
    expect(JSON.stringify(message.blocks)).toMatch(/Cause.*Fix.*https:\/\/console\.example\.com\//);

    for (let again = 0; again < 5; again++) {
      await queueDeliveries(stack.sql, broken, 5);
      await endPause();
      await drained();
    }
    expect([mailServer.mails.length, chat.requests.length]).toEqual([1, 1]);

    receiver.answer({});
    await endPause();
    await drained();
    expect([mailServer.mails.length, chat.requests.length]).toEqual([2, 2]);
    expect(mailServer.mails[1]?.raw).toMatch(/rétabli[\s\S]*Durée/);
    expect(chat.requests[1]?.body.toString()).toMatch(/recovered.*Lasted/);
    await queueDeliveries(stack.sql, broken, 5);
    await drained();
    expect([mailServer.mails.length, chat.requests.length]).toEqual([2, 2]);
  });

  it('tells those who watch it, and of what they watch', async () => {
    const other = await addBroken({ name: 'Autre' });
    const broken = await addBroken();
    await make({ ...inSlack(), webhook_ids: [other] });
    await make({ ...byMail, events: ['webhook.disabled'] });
    receiver.answer({ status: 500 });
    await queueDeliveries(stack.sql, broken, 30);
    await drained();
    expect([mailServer.mails.length, chat.requests.length]).toEqual([0, 0]);
    receiver.answer({ status: 410 });
    await queueDeliveries(stack.sql, other, 1);
    await drained();
    expect(mailServer.mails).toHaveLength(1);
    expect(mailServer.mails[0]?.raw).toContain('webhook désactivé');
    expect(chat.requests).toHaveLength(1);
  });

  it('that a person switches off and on again may break again', async () => {
    await make(byMail);
    const broken = await addBroken();
    receiver.answer({ status: 400 });
    for (let round = 1; round <= 2; round++) {
      await queueDeliveries(stack.sql, broken, 2);
      await drained();
      expect(mailServer.mails).toHaveLength(round);
      await stack.sql`update webhooks set status = 'inactive' where id = ${broken}`;
      await stack.sql`update webhooks set status = 'active' where id = ${broken}`;
    }
  });
});

describe('a message', () => {
  const attemptsOf = (id: string) =>
    stack.sql`select request_url, request_body, response_status, error_kind, error_message from webhook_attempts
      where webhook_id = ${id} order by started_at`;

  it('that a mail server refuses is tried again, and logged with the reason; then it arrives', async () => {
    const id = await make(byMail);
    refusal = Object.assign(new Error('try later'), { responseCode: 451 });
    receiver.answer({ status: 400 });
    await queueDeliveries(stack.sql, await addBroken(), 1);
    await drained();
    expect(await attemptsOf(id)).toMatchObject([{ error_kind: 'smtp_refused', request_url: 'mailto:…' }]);
    refusal = undefined;
    await stack.sql`update webhook_queue set due_at = now() where webhook_id = ${id}`;
    await drained();
    expect(await attemptsOf(id)).toMatchObject([
      { error_message: expect.stringContaining('try later') },
      { response_status: 250, request_body: expect.stringContaining('Compta') },
    ]);
    expect(mailServer.mails).toHaveLength(1);
  });

  it('to a chat is logged without what opens its address', async () => {
    const id = await make(inSlack());
    receiver.answer({ status: 400 });
    await queueDeliveries(stack.sql, await addBroken(), 1);
    await drained();
    const attempts = await attemptsOf(id);
    expect(attempts).toMatchObject([{ request_url: `${new URL(chat.url).origin}/…`, response_status: 200 }]);
    expect(JSON.stringify(attempts)).not.toContain('geheim');
  });

  it('that cannot be brought makes no alert itself', async () => {
    const id = await make(inSlack());
    await make(byMail);
    chat.answer({ status: 410 });
    receiver.answer({ status: 400 });
    await queueDeliveries(stack.sql, await addBroken(), 1);
    await drained();
    await sleep(200);
    await drained();
    expect(chat.requests).toHaveLength(1);
    expect(mailServer.mails).toHaveLength(1);
    expect(await stack.sql`select from webhook_troubles where webhook_id = ${id}`).toHaveLength(0);
  });

  it.each([
    ['email', byMail],
    ['slack', inSlack],
    ['teams', () => ({ ...inSlack(), channel: 'teams' })],
    ['discord', () => ({ ...inSlack(), channel: 'discord' })],
    ['google_chat', () => ({ ...inSlack(), channel: 'google_chat' })],
    ['webhook', () => ({ ...inSlack(), channel: 'webhook' })],
  ])('by %s can be tried', async (channel, body) => {
    const id = await make(typeof body === 'function' ? body() : body);
    const answer = await ask(test, { method: 'POST', id, body: undefined });
    expect(answer).toMatchObject({ status: 200, body: { status: 'success', is_test: true } });
    const sent = channel === 'email' ? mailServer.mails[0]?.raw : chat.requests[0]?.body.toString();
    expect(sent).toContain('Jean Dupont');
  });
});

describe('/api/alerts', () => {
  it('keeps what opens a chat to itself', async () => {
    const id = await make(inSlack());
    for (const answer of [
      await ask(list),
      await ask(getOne, { id }),
      await ask(patch, { method: 'PATCH', id, body: { name: 'x' } }),
    ]) {
      expect(answer.status).toBe(200);
      expect(JSON.stringify(answer.body)).not.toContain('geheim');
    }
    expect((await ask(getOne, { id })).body).toMatchObject({
      name: 'x',
      url: `${new URL(chat.url).origin}/…`,
      emails: [],
    });
    const [row] = await stack.sql`select url from webhooks where id = ${id}`;
    expect(row?.url).toContain('geheim');
  });

  it('changes, switches off and deletes', async () => {
    const id = await make(byMail);
    const change = (body: object) => ask(patch, { method: 'PATCH', id, body });
    expect(
      (await change({ emails: ['a@example.com'], locale: 'en', events: ['webhook.failing'] })).body,
    ).toMatchObject({
      emails: ['a@example.com'],
      locale: 'en',
      events: ['webhook.failing'],
      webhook_ids: null,
    });
    expect((await change({ status: 'inactive' })).body.status).toBe('inactive');
    expect((await change({ status: 'active' })).body).toMatchObject({
      status: 'active',
      emails: ['a@example.com'],
    });
    expect((await change({ url: `${chat.url}/x` })).status).toBe(422);
    expect((await ask(remove, { method: 'DELETE', id })).status).toBe(204);
    expect((await ask(getOne, { id })).body.code).toBe('alert_not_found');
    expect((await ask(list)).body.items).toEqual([]);
  });

  it('is apart from the webhooks of the CRM', async () => {
    const id = await make(byMail);
    const webhook = await addBroken();
    expect((await ask(listWebhooks)).body).toMatchObject({ items: [{ id: webhook }], counts: { all: 1 } });
    expect((await ask(getWebhook, { webhookId: id })).status).toBe(404);
    expect((await ask(getOne, { id: webhook })).status).toBe(404);
    expect((await ask(remove, { method: 'DELETE', id: webhook })).status).toBe(404);
  });

  it('is for administrators', async () => {
    const id = await make(byMail);
    expect((await ask(list, {}, 'member')).status).toBe(403);
    expect((await ask(create, { body: byMail }, 'member')).status).toBe(403);
    expect((await ask(patch, { method: 'PATCH', id, body: { name: 'x' } }, 'member')).status).toBe(403);
    expect((await ask(remove, { method: 'DELETE', id }, 'member')).status).toBe(403);
  });

  it('takes nothing that is no alert, whoever writes', async () => {
    for (const alert of [{}, { channel: 'pager' }, [], 'email'] as const)
      await expect(
        stack.sql`insert into webhooks (name, url, events, alert)
          values ('x', 'https://a.test/', '{webhook.failing}', ${stack.sql.json(alert as never)})`,
      ).rejects.toThrow();
    await expect(
      stack.sql`insert into webhooks (name, url, events) values ('x', 'mailto:a@example.com', '{lead.created}')`,
    ).rejects.toThrow('webhooks_url_check');
  });
});
