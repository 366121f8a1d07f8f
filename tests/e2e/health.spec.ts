import { type APIRequestContext, expect } from '@playwright/test';
import postgres from 'postgres';
import { accessibilityFaults } from '../support/axe.ts';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * What the console shows of a receiver's behaviour: the open circuit breaker and its probe, a webhook that the system
 * switched off, the rate, and the charts.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

async function create(api: APIRequestContext, url: string, fields: object = {}): Promise<string> {
  const data = { name: 'Fragile', url, events: ['lead.created'], retry_enabled: false, ...fields };
  const response = await api.post('/api/webhooks', { data });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).id;
}

async function trigger(api: APIRequestContext, times: number): Promise<void> {
  const data = { event_type: 'lead.created', payload: { id: '1' } };
  for (let n = 0; n < times; n++) {
    expect((await api.post('/api/webhooks/trigger', { data })).status()).toBe(202);
  }
}

/** The first pause takes ten seconds, which is short for a browser on a busy machine. */
async function lengthenPauses(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  const paused = () => sql`
    update webhook_health set paused_until = now() + interval '5 minutes' where paused_until is not null returning 1`;
  await expect.poll(async () => (await paused()).length).toBe(1);
  await sql.end();
}

test('a receiver that only fails is spared, says so, and a probe that succeeds lets everything through', async ({
  page,
  local,
  receiver,
}) => {
  receiver.answer({ status: 500 });
  const id = await create(page.request, receiver.url, { max_in_flight: 100 });
  await trigger(page.request, 20);
  await lengthenPauses(local.database_url ?? '');
  await page.goto(`/webhooks/${id}`);
  const notice = page.getByText(/En pause jusqu’à \d\d:\d\d:\d\d/);
  await expect(notice).toBeVisible();
  await expect(page.getByText(/20 échecs de suite, le premier/).first()).toBeVisible();
  const header = page.getByRole('main');
  await expect(header.getByText('En panne', { exact: true })).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);

  // Held back: the attempt comes after the pause, and the delivery says when.
  await trigger(page.request, 1);
  await page.goto(`/webhooks/${id}/deliveries?status=in_progress`);
  await page.locator('[data-row-link]').first().click();
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByText(/En pause jusqu’à/)).toBeVisible();

  await sheet.getByRole('button', { name: 'Sonder maintenant' }).click();
  await expect(page.getByText('Le récepteur échoue encore : la pause continue.')).toBeVisible();
  receiver.answer({ status: 200 });
  await sheet.getByRole('button', { name: 'Sonder maintenant' }).click();
  await expect(page.getByText('Le récepteur répond : les envois reprennent.')).toBeVisible();
  await expect(sheet.getByText('Réussie').first()).toBeVisible();
  await expect(sheet.getByText(/En pause jusqu’à/)).toHaveCount(0);
  await page.goto(`/webhooks/${id}`);
  // One success does not wash the day white.
  await expect(page.getByText(/Répond une erreur \(5xx\) à/).first()).toBeVisible();
});

test('a webhook that the system switches off is an event for those who listen, and nobody may trigger it', async ({
  page,
  receiver,
}) => {
  const gone = await create(page.request, `${receiver.url}/gone`, { name: 'Parti' });
  const alert = await create(page.request, `${receiver.url}/alert`, {
    name: 'Alerte',
    events: ['webhook.disabled'],
  });
  receiver.answer((request) => ({ status: request.path === '/gone' ? 410 : 200 }));
  await trigger(page.request, 1);
  await expect.poll(() => receiver.requests.filter(({ path }) => path === '/alert').length).toBe(1);
  const sent = receiver.requests.find(({ path }) => path === '/alert');
  expect(JSON.parse(sent?.body.toString() ?? '')).toMatchObject({
    event_type: 'webhook.disabled',
    payload: { id: gone, name: 'Parti', reason: 'gone', disabled_at: expect.any(String) },
  });

  const refused = await page.request.post('/api/webhooks/trigger', {
    data: { event_type: 'webhook.disabled', payload: { id: gone } },
  });
  expect((await refused.json()).code).toBe('unknown_event');
  const test = await page.request.post(`/api/webhooks/${alert}/test`, {
    data: { event_type: 'webhook.disabled' },
  });
  expect(await test.json()).toMatchObject({
    status: 'success',
    event_type: 'webhook.disabled',
    is_test: true,
  });

  await page.goto(`/webhooks/${gone}`);
  await expect(page.getByText('Désactivé par le récepteur')).toBeVisible();
  await page.goto('/events?type=webhook.disabled');
  await expect(page.getByText('aucun code ne peut le déclencher')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Déclencher avec l’exemple' })).toHaveCount(0);
  await expect(page.getByRole('link', { name: 'Alerte', exact: true })).toBeVisible();
});

test('the rate is set and taken away in the form', async ({ page, receiver }) => {
  const id = await create(page.request, receiver.url);
  const rate = page.getByLabel('Requêtes par seconde');
  const save = async (text: string) => {
    await page.goto(`/webhooks/${id}/settings`);
    await rate.fill(text);
    await page.getByRole('button', { name: 'Enregistrer' }).click();
  };
  const stored = async () => (await (await page.request.get(`/api/webhooks/${id}`)).json()).rate_limit;
  await save('1001');
  await expect(page.getByText('Entrez un nombre entier de requêtes par seconde')).toBeVisible();
  await save('25');
  await expect(page.getByText('Réglages enregistrés.')).toBeVisible();
  expect(await stored()).toBe(25);
  await save('');
  await expect(page.getByText('Réglages enregistrés.')).toBeVisible();
  expect(await stored()).toBeNull();
});

test('charts tell the exact numbers, by keyboard and as a table, and a period leads to its deliveries', async ({
  page,
  receiver,
}) => {
  const id = await create(page.request, receiver.url);
  await trigger(page.request, 3);
  await expect.poll(() => receiver.requests.length).toBe(3);
  receiver.answer({ status: 404 });
  await trigger(page.request, 2);
  await page.goto(`/deliveries?charts=24h&webhook_id=${id}`);
  const outcomes = page.getByRole('slider', { name: 'Livraisons' });
  await expect(outcomes).toHaveAttribute('aria-valuetext', /Réussies 3, Échouées 2$/);
  await outcomes.press('Home');
  await expect(outcomes).toHaveAttribute('aria-valuetext', /Réussies 0, Échouées 0$/);
  await outcomes.press('End');
  await page.getByRole('button', { name: 'Voir les nombres en tableau' }).click();
  const row = page.getByRole('table', { name: 'Nombres par période' }).getByRole('row').nth(1);
  await expect(row.getByRole('cell').nth(0)).toHaveText('3');
  await expect(row.getByRole('cell').nth(1)).toHaveText('2');
  await page.getByRole('button', { name: 'Voir les graphiques' }).click();
  await outcomes.press('End');
  await outcomes.press('Enter');
  await expect(page).toHaveURL(/from=.+to=/);
  await expect(page.locator('[data-row-link]')).toHaveCount(5);
});
