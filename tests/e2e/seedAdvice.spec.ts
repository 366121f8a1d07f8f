import { createServer } from 'node:https';
import { type APIRequestContext, expect, type Page } from '@playwright/test';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';
import { selfSigned } from '../unit/support/selfSigned.ts';

/*
 * "Best Practices" and "Troubleshooting" of the product's specification: everything that they tell a person to
 * do or to look at can be done and seen in the console.
 */

test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

async function create(api: APIRequestContext, url: string, fields: object = {}): Promise<string> {
  const data = { name: 'Conseil', url, events: ['lead.created'], retry_enabled: false, ...fields };
  const response = await api.post('/api/webhooks', { data });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).id;
}

async function trigger(api: APIRequestContext): Promise<void> {
  const data = { event_type: 'lead.created', payload: { id: '1', nom: 'Dupont' } };
  expect((await api.post('/api/webhooks/trigger', { data })).status()).toBe(202);
}

/** Sends one event to the webhook and opens its delivery once it is given up. */
async function openFailure(page: Page, webhookId: string) {
  await trigger(page.request);
  await page.goto(`/webhooks/${webhookId}/deliveries`);
  await page
    .getByRole('row', { name: /Échouée/ })
    .getByRole('link')
    .first()
    .click();
  return page.getByRole('dialog', { name: 'Livraison' });
}

test('Respond Quickly, Test Thoroughly: 5 seconds by default, and a test before going live', async ({
  page,
  receiver,
}) => {
  const id = await create(page.request, receiver.url, { status: 'inactive' });
  await page.goto(`/webhooks/${id}/settings`);
  await expect(page.getByLabel('Délai de réponse, en secondes')).toHaveValue('5');
  await expect(page.getByText('Ce webhook est inactif')).toBeVisible();
  await page.getByRole('button', { name: 'Tester', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Envoyer le test' }).click();
  await expect(page.getByRole('dialog').getByText('Livré', { exact: true })).toBeVisible();
  expect(receiver.requests).toHaveLength(1);
});

test('Monitor Failures: the list and the log show them, and they are replayed once mended', async ({
  page,
  receiver,
}) => {
  receiver.answer({ status: 500 });
  await create(page.request, receiver.url);
  await trigger(page.request);
  await receiver.waitFor(1);
  await page.goto('/webhooks');
  await expect(page.getByRole('row', { name: /Conseil/ })).toContainText(/\b0\s%/);
  await page.getByRole('link', { name: 'Livraisons', exact: true }).click();
  await page.getByRole('radio', { name: 'Échouées' }).click();
  receiver.answer({ status: 200 });
  await page
    .getByRole('row', { name: /Échouée/ })
    .getByRole('link')
    .first()
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Rejouer' }).click();
  await expect(page.getByRole('dialog').getByText('Livrée')).toBeVisible();
  const ids = receiver.requests.map((request) => request.headers['x-webhook-delivery-id']);
  expect(ids).toEqual([ids[0], ids[0]]);
});

test('Webhook Not Triggering: status, selected events and triggered events can be checked', async ({
  page,
  receiver,
}) => {
  await create(page.request, receiver.url);
  await page.goto('/webhooks');
  const row = page.getByRole('row', { name: /Conseil/ });
  await expect(row).toContainText('Actif');
  await page.getByRole('button', { name: 'Actions pour Conseil' }).click();
  await page.getByRole('menuitem', { name: 'Désactiver' }).click();
  await expect(row).toContainText('Inactif');

  // Whoever causes an event is told how many webhooks it went to.
  await page.goto('/leads');
  await page.getByRole('button', { name: 'Nouveau lead' }).first().click();
  await page.getByRole('dialog').getByLabel('Nom', { exact: true }).fill('Sourd');
  await page.getByRole('dialog').getByRole('button', { name: 'Créer le lead' }).click();
  await expect(page.getByText('Événement lead.created : aucun webhook ne l’écoute')).toBeVisible();
  expect(receiver.requests).toHaveLength(0);
  await page.goto('/events?type=lead.created');
  await expect(page.getByRole('link', { name: 'Conseil' })).toBeVisible();
});

test('Delivery Failures: the URL is tried from the form, without sending anything', async ({
  page,
  receiver,
}) => {
  await page.goto('/webhooks/new');
  await page.getByLabel('URL', { exact: true }).fill(receiver.url);
  await page.getByRole('button', { name: 'URL joignable ?' }).click();
  await expect(page.getByText('Joignable : une connexion s’ouvre.')).toBeVisible();
  expect(receiver.requests).toHaveLength(0);
  await receiver.close();
  await page.getByRole('button', { name: 'URL joignable ?' }).click();
  await expect(page.getByText('Rien n’écoute à cette adresse et sur ce port.')).toBeVisible();
});

test('Delivery Failures: a certificate that is refused says so', async ({ page }) => {
  const server = createServer(selfSigned('127.0.0.1'), (_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const sheet = await openFailure(page, await create(page.request, `https://127.0.0.1:${port}/`));
  await expect(sheet).toContainText('Certificat d’une autorité inconnue');
  await expect(sheet).toContainText(
    'Installez un certificat d’une autorité reconnue, avec sa chaîne complète.',
  );
  server.close();
});

test('Delivery Failures: an answer that comes too late is named; the request is copied as curl', async ({
  page,
  receiver,
}) => {
  receiver.answer({ instead: 'hang' });
  const id = await create(page.request, `${receiver.url}/lent`, { timeout_ms: 1000 });
  const sheet = await openFailure(page, id);
  await expect(sheet).toContainText('Délai dépassé');
  await sheet.getByRole('button', { name: 'Copier en curl' }).click();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  expect(command).toContain(`--request POST --url '${receiver.url}/lent'`);
  expect(command).toContain(`--data-raw '${receiver.requests[0]?.body}'`);
});

test('Transformation Issues: sample data, console, valid JSON and try-catch', async ({ page, receiver }) => {
  const id = await create(page.request, receiver.url);
  await page.goto(`/webhooks/${id}/transformation`);
  const panel = page.getByRole('tabpanel');
  const run = async (script: string) => {
    await page.getByRole('textbox', { name: 'Script de transformation' }).click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText(script);
    await page.getByRole('button', { name: 'Exécuter' }).click();
  };
  await run('return { qui: payload.nom };');
  await expect(panel).toContainText('"qui": "Dupont"');
  await run('const rien = payload.absent.champ;');
  await expect(panel).toContainText('Ligne 1, colonne 29');
  await run('const oubli = payload;');
  await expect(panel).toContainText('Résultat invalide');
  await run(
    'try { return payload.absent.champ; } catch (erreur) { console.error(erreur.message); return { erreur: true }; }',
  );
  await expect(panel).toContainText('"erreur": true');
  await page.getByRole('tab', { name: 'Console (1)' }).click();
  await expect(panel).toContainText('Cannot read properties of undefined');
  expect(receiver.requests).toHaveLength(0);
});
