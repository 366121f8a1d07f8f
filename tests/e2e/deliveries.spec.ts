import { type APIRequestContext, expect, type Page } from '@playwright/test';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * The log of deliveries and one delivery in its sheet, with the keyboard where it matters.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

async function create(api: APIRequestContext, url: string, fields: object = {}): Promise<string> {
  const data = { name: 'Journal', url, events: ['lead.created', 'lead.deleted'], ...fields };
  const response = await api.post('/api/webhooks', { data });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).id;
}

async function trigger(api: APIRequestContext, nom: string, event = 'lead.created'): Promise<void> {
  const data = { event_type: event, payload: { id: '1', nom } };
  expect((await api.post('/api/webhooks/trigger', { data })).status()).toBe(202);
}

const rows = (page: Page) => page.locator('[data-row-link]');

test('rows arrive by themselves, and every filter is in the address', async ({ page, receiver }) => {
  const id = await create(page.request, receiver.url);
  await page.goto(`/deliveries?webhook_id=${id}`);
  await expect(page.getByText('Aucune livraison ne correspond')).toBeVisible();
  await trigger(page.request, 'Dupont');
  await trigger(page.request, 'Martin', 'lead.deleted');
  await expect(rows(page)).toHaveCount(2);
  await expect(page.getByRole('row', { name: /Réussie/ })).toHaveCount(2);

  await page.keyboard.press('/');
  await page.keyboard.type('Martin');
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(/q=Martin/);
  await page.reload();
  await expect(page.getByLabel('Chercher dans les données, ou un identifiant')).toHaveValue('Martin');
  await expect(rows(page)).toContainText('lead.deleted');

  await page.getByRole('radio', { name: 'Échouées' }).click();
  await expect(page).toHaveURL(/status=failed/);
  await expect(rows(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Effacer les filtres' }).first().click();
  await expect(page).toHaveURL(/\/deliveries$/);
});

test('by keyboard through the rows, into the sheet, to its neighbours and back', async ({
  page,
  receiver,
}) => {
  const id = await create(page.request, receiver.url);
  for (const nom of ['un', 'deux', 'trois']) await trigger(page.request, nom);
  await page.goto(`/webhooks/${id}/deliveries`);
  await expect(page.getByRole('row', { name: /Réussie/ })).toHaveCount(3);
  const addresses = await rows(page).evaluateAll((links) => links.map((link) => link.getAttribute('href')));

  // The rows are in the document before the page hears any key.
  await expect(async () => {
    await page.keyboard.press('j');
    await expect(rows(page).nth(0)).toBeFocused({ timeout: 500 });
  }).toPass();
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog', { name: 'Livraison' });
  await expect(sheet.getByText('2 sur 3')).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`${addresses[1]}$`));
  await page.keyboard.press('ArrowRight');
  await expect(sheet.getByText('3 sur 3')).toBeVisible();
  await page.reload();
  await expect(sheet.getByText('3 sur 3')).toBeVisible();
  await expect(sheet.getByText('Livrée')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
  await expect(rows(page).nth(2)).toBeFocused();
  await expect(page).toHaveURL(/\/deliveries$/);
});

test('the sheet shows what was sent, what was answered and what the script made of it', async ({
  page,
  receiver,
}) => {
  receiver.answer({ status: 404, headers: { 'content-type': 'text/html' }, body: '<b id="hostile">non</b>' });
  await create(page.request, receiver.url, {
    retry_enabled: false,
    transform_enabled: true,
    transform_script: 'console.warn("vu"); return { ...payload, score: 7 };',
    headers: { Authorization: 'Bearer secret-du-test' },
  });
  await trigger(page.request, 'Dupont');
  await page.goto('/deliveries');
  await rows(page).first().click();
  const sheet = page.getByRole('dialog', { name: 'Livraison' });
  await expect(sheet.getByText('Adresse inconnue du récepteur (404)')).toBeVisible();
  await expect(sheet.getByText('<b id="hostile">non</b>')).toBeVisible();
  await expect(page.locator('#hostile')).toHaveCount(0);
  await sheet.getByRole('tab', { name: 'Requête' }).click();
  await expect(sheet.getByText('masqué').first()).toBeVisible();
  await expect(sheet.getByText('secret-du-test')).toHaveCount(0);
  await sheet.getByRole('tab', { name: 'Transformation' }).click();
  await expect(sheet.getByText('"score": 7')).toBeVisible();
  await sheet.getByRole('tab', { name: /Console/ }).click();
  await expect(sheet.getByText('vu', { exact: true })).toBeVisible();
});

test('the log tells every header that the receiver got, secret values masked', async ({ page, receiver }) => {
  await create(page.request, receiver.url, { headers: { Authorization: 'Bearer secret-du-test' } });
  await trigger(page.request, 'Dupont');
  const [request] = await receiver.waitFor(1);
  const id = request?.headers['x-webhook-delivery-id'];
  const attempts = async () => (await (await page.request.get(`/api/deliveries/${id}`)).json()).attempts;
  await expect.poll(attempts).toHaveLength(1);
  const [{ request_headers }] = await attempts();
  const told = Object.fromEntries(
    Object.entries<string>(request_headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  // Without what is of the connection.
  const { host, connection, 'content-length': _, ...got } = request?.headers ?? {};
  const masked = { authorization: told.authorization, 'x-webhook-signature': told['x-webhook-signature'] };
  expect(told).toEqual({ ...got, ...masked });
  for (const value of Object.values(masked)) expect(value).toMatch(/^•+$/);
});

test('many are replayed at once, with the number first', async ({ page, receiver }) => {
  receiver.answer({ status: 500 });
  const id = await create(page.request, receiver.url, { retry_enabled: false });
  for (const nom of ['un', 'deux', 'trois']) await trigger(page.request, nom);
  await page.goto(`/webhooks/${id}/deliveries`);
  await expect(page.getByRole('row', { name: /Échouée/ })).toHaveCount(3);
  receiver.answer({ status: 200 });

  await page.getByRole('checkbox', { name: 'Sélectionner : lead.created' }).first().click();
  await page
    .getByRole('region', { name: 'Actions sur la sélection' })
    .getByRole('button', { name: 'Rejouer' })
    .click();
  await page.getByRole('button', { name: 'Rejouer 1 livraison' }).click();
  await expect(page.getByRole('row', { name: /Réussie/ })).toHaveCount(1);

  await page.getByRole('button', { name: 'Rejouer les échecs…' }).click();
  await page.getByRole('button', { name: 'Rejouer 2 livraisons' }).click();
  const progress = page.getByRole('dialog', { name: 'Rejouer les échecs' });
  await expect(progress.getByText('terminé, 2 livraisons')).toBeVisible();
  await progress.getByRole('button', { name: 'Fermer' }).last().click();
  await expect(page.getByRole('row', { name: /Réussie/ })).toHaveCount(3);
  expect(receiver.requests).toHaveLength(6);
});

test('the catalogue triggers an event with its sample and leads to its deliveries', async ({
  page,
  receiver,
}) => {
  await create(page.request, receiver.url);
  await page.goto('/events?type=lead.created');
  await expect(page.locator('[id="lead.created"]').getByRole('link', { name: 'Journal' })).toBeVisible();
  await page.getByRole('button', { name: 'Déclencher avec l’exemple' }).click();
  await expect(page.getByText('1 livraison', { exact: true })).toBeVisible();
  await page.getByRole('link', { name: 'Voir les livraisons' }).click();
  await expect(page).toHaveURL(/\/deliveries\?event_type=lead\.created/);
  const [request] = await receiver.waitFor(1);
  expect(JSON.parse(String(request?.body))).toMatchObject({ payload: { nom: 'Dupont', prenom: 'Jean' } });
});
