import { type APIRequestContext, expect } from '@playwright/test';
import { type ContractCase, casesOf, type Known } from '../support/contractCases.ts';
import {
  type ApiDocument,
  contractCheck,
  type Operation,
  operationsOf,
} from '../support/contractDocument.ts';
import { test } from '../support/e2e.ts';
import { startOwnStack } from '../support/ownStack.ts';
import { signIn } from '../support/session.ts';

/*
 * The description of the API is a promise: whatever is asked, well or badly, is answered as it says. Requests are generated from
 * it, by seed, so that what fails once fails again.
 */

const rounds = 3;
const metricsToken = 'metrics-token-of-this-test';

/** What no generated request is for: it ends the session of all others. */
const leftOut = 'post /api/auth/logout';

/**
 * What is only refused here: nothing waits or failed, no link was mailed, each draft is saved anew, the inbox is gone.
 */
const neverDone = [
  ...['delete /api/playground/{inboxId}', 'delete /api/webhooks/{webhookId}/scripts/draft'],
  ...['post /api/auth/password', 'post /api/deliveries/{deliveryId}/cancel'],
  'post /api/deliveries/{deliveryId}/pass-over',
  'post /api/webhooks/{webhookId}/scripts/draft/publish',
];

/** What was made; by itself, or under its name beside what came of it. */
type Made = { id: string } & Record<'appointment' | 'file' | 'job', { id: string }>;

async function make(api: APIRequestContext, path: string, data: unknown): Promise<Made> {
  const answer = await api.post(path, { data });
  expect(answer.ok(), await answer.text()).toBe(true);
  return answer.json();
}

type Things = { known: Known; idsOf: (path: string) => Known };

/** One of everything that a path names, and of what a body refers to. */
async function makeThings(api: APIRequestContext, url: string): Promise<Things> {
  const script = { transform_enabled: true, transform_script: 'return payload;' };
  const data = { name: 'Contrat', url, events: ['lead.created'], ...script };
  const webhook = await make(api, '/api/webhooks', data);
  const lead = await make(api, '/api/crm/leads', { nom: 'Durand' });
  const times = { debut: '2026-01-01T10:00:00Z', fin: '2026-01-01T11:00:00Z' };
  const { appointment } = await make(api, '/api/crm/appointments', { titre: 'Visite', ...times });
  const { file } = await make(api, '/api/crm/files?nom=a.txt', 'text');
  const inbox = await make(api, '/api/playground/inboxes', { name: 'Contrat' });
  const token = await make(api, '/api/tokens', { name: 'Contrat', scope: 'read', days: 30 });
  const delivery = await make(api, `/api/webhooks/${webhook.id}/test`, {});
  await make(api, `/api/playground/${inbox.id}`, { a: 1 });
  const alert = await make(api, '/api/alerts', { name: 'Contrat', channel: 'webhook', url });
  const listener = await (
    await api.post('/api/playground/listeners', { data: { name: 'Contrat', events: ['*'] } })
  ).json();
  const { job } = await make(api, '/api/deliveries/replay', { from: times.debut });
  const first = async (path: string) => (await (await api.get(path)).json()).items[0].id;
  const known = {
    ...{ webhookId: webhook.id, webhook_id: webhook.id, deliveryId: delivery.id, ids: [delivery.id] },
    ...{ eventId: await first('/api/events'), versionId: await first(`/api/webhooks/${webhook.id}/scripts`) },
    ...{ inboxId: inbox.id, requestId: await first(`/api/playground/inboxes/${inbox.id}/requests`) },
    ...{
      tokenId: token.id,
      alertId: alert.id,
      jobId: job.id,
      lead_id: lead.id,
      ...times,
      ...script,
      script: script.transform_script,
    },
    ...{
      url,
      events: data.events,
      event_type: 'lead.created',
      kind: 'lead',
      behaviour: 'ok',
      format: 'json',
    },
    ...{ budget: 0, headers: { 'X-Contract': '1' } },
    ...{ webhook_ids: null, webhooks: [{ slug: 'contrat', description: 'Importé' }] },
  };
  const ids: Record<string, string> = { appointments: appointment.id, files: file.id, leads: lead.id };
  const inboxId = (path: string) => (path.includes('/listeners/') ? listener.inbox_id : inbox.id);
  return {
    known,
    idsOf: (path) => ({ id: ids[path.split('/')[3] ?? ''] ?? lead.id, inboxId: inboxId(path) }),
  };
}

test('whatever is asked is answered as the description says, and never with 500', async ({
  receiver,
  playwright,
}) => {
  const own = await startOwnStack({ METRICS_TOKEN: metricsToken });
  const { error } = console;
  console.error = () => {}; // the API of Supabase tells of every refusal
  const { url: baseURL, admin, cron_secret: cronSecret } = own.stack.info;
  const secrets: Record<string, string> = { metricsToken, cronSecret };
  const api = await playwright.request.newContext({ baseURL });
  const nobody = await playwright.request.newContext({ baseURL });
  try {
    await signIn(api, admin);
    const document = (await (await api.get('/api/openapi.json')).json()) as ApiDocument;
    const { known, idsOf } = await makeThings(api, receiver.url);
    const check = contractCheck(document);
    const faults: string[] = [];
    const refused: string[] = [];
    let asked = 0;

    const ask = async (operation: Operation, { what, path, body, ...request }: ContractCase) => {
      const secret = secretFor(operation, secrets);
      const response = await (request.isNobody ? nobody : api).fetch(path, {
        method: operation.method,
        headers: {
          ...(secret && !request.isNobody ? { authorization: `Bearer ${secret}` } : {}),
          ...request.headers,
        },
        ...(body === undefined ? {} : { data: Buffer.from(body) }),
      });
      asked += 1;
      const answer = { status: response.status(), type: response.headers()['content-type'] };
      const fault = check(operation, { ...answer, text: await response.text() });
      if (fault)
        faults.push(`${nameOf(operation)}, ${what} (${path} ${body?.slice(0, 300) ?? ''}): ${fault}`);
      return response.ok();
    };

    for (const operation of operationsOf(document)) {
      if (nameOf(operation) === leftOut) continue;
      const name = operation.method === 'post' ? undefined : { name: 'lead.created' };
      const here = { ...known, ...admin, ...name, ...idsOf(operation.path) };
      const cases = casesOf(document, operation, here, rounds);
      const done = await Promise.all(cases.map((one) => ask(operation, one)));
      if (!done.includes(true)) refused.push(nameOf(operation));
    }
    expect(faults).toEqual([]);
    expect(refused.sort()).toEqual(neverDone);
    expect(asked).toBeGreaterThan(900);
  } finally {
    await api.dispose();
    await nobody.dispose();
    await own.stop();
    console.error = error;
  }
});

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

/** Of the schemes that no session opens. @param secrets by the name of the scheme */
const secretFor = ({ security }: Operation, secrets: Record<string, string>) =>
  security.flatMap(Object.keys).flatMap((scheme) => secrets[scheme] ?? [])[0];
