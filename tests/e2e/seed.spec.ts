import { readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { type APIRequestContext, expect, type Page } from '@playwright/test';
import { signedInTest as test } from '../support/e2e.ts';
import type { Receiver } from '../support/receiver.ts';
import type { fromFrontendCode } from '../support/seedFrontend.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * The product's specification, section by section, in its own words: what its administrator does and sees.
 * "Best Practices" and "Troubleshooting" are in seedAdvice.spec.ts.
 */

// Only for the sample of front-end code, whose modules the test hands to the page itself.
test.use({ bypassCSP: true });

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

async function create(api: APIRequestContext, url: string, fields: object = {}): Promise<string> {
  const data = { name: 'Spécification', url, events: ['lead.created'], ...fields };
  const response = await api.post('/api/webhooks', { data });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).id;
}

async function trigger(api: APIRequestContext, payload: object, event_type = 'lead.created'): Promise<void> {
  const response = await api.post('/api/webhooks/trigger', { data: { event_type, payload } });
  expect(response.status(), await response.text()).toBe(202);
}

const bodyOf = (receiver: Receiver, index: number) => JSON.parse(String(receiver.requests[index]?.body));
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const transformExample =
  "return {\n  ...payload,\n  custom_field: 'value',\n  timestamp: new Date().toISOString()\n};";
const headersExample = '{\n  "Authorization": "Bearer your-token",\n  "X-Custom-Header": "value"\n}';

async function writeScript(page: Page, script: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Script de transformation' }).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(script);
}

test('Supported Events: each is triggered by what its sentence says, and by nothing else', async ({
  page,
  receiver,
}) => {
  await page.goto('/webhooks/new');
  await page.getByLabel('Nom', { exact: true }).fill('Tout');
  await page.getByLabel('URL', { exact: true }).fill(receiver.url);
  await expect(page.getByRole('checkbox', { name: /(lead|appointment|file)\.[a-z_]+/ })).toHaveCount(9);
  await page.getByRole('button', { name: 'Tout cocher' }).click();
  await page.getByRole('button', { name: 'Créer le webhook' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('est prêt');

  const dialog = page.getByRole('dialog');
  const menu = async (name: string, item: string) => {
    await page.getByRole('button', { name: `Actions pour ${name}`, exact: true }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  let seen = 0;
  const expectEvents = async (...names: string[]) => {
    const arrived = () => receiver.requests.slice(seen).map((request) => request.headers['x-webhook-event']);
    await expect.poll(() => arrived().sort()).toEqual(names.sort());
    seen = receiver.requests.length;
  };

  await page.goto('/leads');
  await page.getByRole('button', { name: 'Nouveau lead' }).first().click();
  await dialog.getByLabel('Nom', { exact: true }).fill('Neuf');
  await dialog.getByRole('button', { name: 'Créer le lead' }).click();
  await expectEvents('lead.created');
  await menu('Neuf', 'Modifier');
  await dialog.getByLabel('Téléphone').fill('+33612345678');
  await dialog.getByRole('button', { name: 'Enregistrer' }).click();
  await expectEvents('lead.updated');
  expect(bodyOf(receiver, seen - 1).payload.changes).toEqual({ telephone: '+33612345678' });
  await page.getByRole('button', { name: /Changer le statut de Neuf/ }).click();
  await page.getByRole('menuitemradio', { name: 'Qualifié' }).click();
  await expectEvents('lead.updated', 'lead.status_changed');
  await menu('Neuf', 'Supprimer');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Supprimer' }).click();
  await expectEvents('lead.deleted');

  await page.goto('/appointments');
  await page.getByRole('button', { name: 'Nouveau rendez-vous' }).first().click();
  await dialog.getByLabel('Objet').fill('Visite');
  await dialog.getByRole('button', { name: 'Prendre le rendez-vous' }).click();
  await expectEvents('appointment.created');
  await menu('Visite', 'Modifier');
  await dialog.getByLabel('Lieu').fill('Lyon');
  await dialog.getByRole('button', { name: 'Enregistrer' }).click();
  await expectEvents('appointment.updated');
  await menu('Visite', 'Annuler le rendez-vous');
  const cancel = dialog.or(page.getByRole('alertdialog'));
  await cancel.getByRole('button', { name: 'Annuler le rendez-vous' }).click();
  await expectEvents('appointment.cancelled');

  await page.goto('/files');
  await page.getByRole('button', { name: 'Ajouter un fichier' }).first().click();
  const file = { name: 'devis.txt', mimeType: 'text/plain', buffer: Buffer.from('bonjour') };
  await dialog.locator('input[type=file]').setInputFiles(file);
  await dialog.getByRole('button', { name: 'Ajouter', exact: true }).click();
  await expectEvents('file.uploaded');
  await menu('devis.txt', 'Supprimer');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Supprimer' }).click();
  await expectEvents('file.deleted');
});

test('Getting Started: create a webhook, with transformation, retries and custom headers', async ({
  page,
  receiver,
}) => {
  await page.goto('/leads');
  await page
    .getByRole('navigation', { name: 'Navigation principale' })
    .getByRole('link', { name: 'Webhooks', exact: true })
    .click();
  await page.getByRole('link', { name: 'Nouveau Webhook' }).first().click();
  await page.getByLabel('Nom', { exact: true }).fill('Partenaire');
  await page.getByLabel('URL', { exact: true }).fill(`${receiver.url}/partenaire`);
  await page.getByLabel('Description').fill('Pour la comptabilité');
  await page.getByRole('checkbox', { name: 'Lead créé' }).check();
  await page.getByRole('button', { name: /Réglages avancés/ }).click();

  await page.getByRole('switch', { name: /Transformer les données/ }).click();
  await writeScript(page, transformExample);
  await expect(page.getByRole('switch', { name: /Réessayer automatiquement/ })).toBeChecked();
  await expect(page.getByLabel('Nombre d’essais supplémentaires')).toHaveValue('3');
  await expect(page.getByLabel('Délai initial, en secondes')).toHaveValue('5');
  await expect(page.getByText('après 5 s, 10 s, 20 s')).toBeVisible();
  await page.getByRole('radio', { name: 'JSON' }).click();
  await page.getByLabel('En-têtes en JSON').fill(headersExample);
  await page.getByRole('button', { name: 'Créer le webhook' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('est prêt');

  await trigger(page.request, { id: '1' }, 'lead.deleted'); // not selected
  await trigger(page.request, { id: '1', nom: 'Dupont' });
  const [request] = await receiver.waitFor(1);
  expect(request?.path).toBe('/partenaire');
  expect(request?.headers).toMatchObject({
    authorization: 'Bearer your-token',
    'x-custom-header': 'value',
    'x-webhook-event': 'lead.created',
  });
  expect(bodyOf(receiver, 0).payload).toEqual({
    id: '1',
    nom: 'Dupont',
    custom_field: 'value',
    timestamp: expect.stringMatching(isoTime),
  });
  await page.goto('/webhooks');
  await expect(page.getByRole('row', { name: /Partenaire/ })).toContainText('Actif');
});

test('Uses exponential backoff: delay × 2^retry_count, the same delivery id each time, then failed', async ({
  page,
  receiver,
}) => {
  receiver.answer({ status: 500 });
  const id = await create(page.request, receiver.url, { max_retries: 2, retry_delay: 1 });
  await trigger(page.request, { id: '1' });
  const requests = await receiver.waitFor(3);
  const [first = 0, second = 0, third = 0] = requests.map((request) => request.at);
  expect(second - first).toBeGreaterThanOrEqual(1000);
  expect(third - second).toBeGreaterThanOrEqual(2000);
  expect(new Set(requests.map((request) => request.headers['x-webhook-delivery-id'])).size).toBe(1);
  const delivery = async () =>
    (await (await page.request.get(`/api/deliveries?webhook_id=${id}`)).json()).items[0];
  await expect.poll(async () => (await delivery()).status).toBe('failed');
  expect(await delivery()).toMatchObject({ attempt_count: 3, retry_count: 2, last_status_code: 500 });
});

test('Security: the three headers, and verifyWebhook as the console shows it accepts them', async ({
  page,
  receiver,
}) => {
  const id = await create(page.request, receiver.url);
  await trigger(page.request, { id: '1', nom: 'Zoé "é" 🚀', n: [1.5, null] });
  const [request] = await receiver.waitFor(1);
  const signature = String(request?.headers['x-webhook-signature']);
  const { secret_key } = await (await page.request.get(`/api/webhooks/${id}/secrets`)).json();
  expect(Buffer.from(signature, 'base64').toString()).toBe(`${secret_key}:${request?.body}`);
  expect(request?.headers['x-webhook-event']).toBe('lead.created');
  expect(request?.headers['x-webhook-delivery-id']).toMatch(/^[0-9a-f-]{36}$/);

  await page.goto(`/webhooks/${id}/ready`);
  await page.getByRole('radio', { name: 'X-Webhook-Signature' }).click();
  const code = await page.getByRole('region', { name: 'Node' }).textContent();
  const verifyWebhook = new Function('require', `${code}\nreturn verifyWebhook;`)(
    createRequire(import.meta.url),
  ) as (payload: unknown, signature: string, secretKey: string) => boolean;
  const payload = bodyOf(receiver, 0);
  expect(verifyWebhook(payload, signature, secret_key)).toBe(true);
  expect(verifyWebhook({ ...payload, event_type: 'lead.deleted' }, signature, secret_key)).toBe(false);
  expect(verifyWebhook(payload, signature, 'another')).toBe(false);
});

test('Webhook Payload Structure: the example "Lead Created Event", sent from the catalogue', async ({
  page,
  receiver,
}) => {
  await create(page.request, receiver.url);
  await page.goto('/events?type=lead.created');
  await expect(page.getByRole('link', { name: 'Spécification' })).toBeVisible();
  await page.getByRole('button', { name: 'Déclencher avec l’exemple' }).click();
  await receiver.waitFor(1);
  expect(Object.keys(bodyOf(receiver, 0))).toEqual(['event_type', 'payload', 'timestamp']);
  expect(bodyOf(receiver, 0)).toEqual({
    event_type: 'lead.created',
    payload: {
      id: '123e4567-e89b-12d3-a456-426614174000',
      nom: 'Dupont',
      prenom: 'Jean',
      email: 'jean.dupont@example.com',
      telephone: '+33612345678',
      statut: 'nouveau',
      created_at: '2024-01-15T10:30:00Z',
    },
    timestamp: expect.stringMatching(isoTime),
  });
});

test('View Delivery History: the four statuses, status codes, bodies, errors, attempts and timing', async ({
  page,
  receiver,
}) => {
  await create(page.request, receiver.url, {
    max_in_flight: 1,
    retry_delay: 60,
    transform_enabled: true,
    transform_script: "if (payload.nom === 'Casse') throw new Error('sans nom');\nreturn payload;",
  });
  receiver.answer((request) => {
    const { nom } = JSON.parse(String(request.body)).payload;
    if (nom === 'Panne') return { status: 500, body: '{"erreur":"en panne"}' };
    return nom === 'Muet' ? { instead: 'hang' } : { status: 200, body: '{"recu":true}' };
  });
  await page.goto('/webhooks');
  await page.getByRole('button', { name: 'Actions pour Spécification' }).click();
  await page.getByRole('menuitem', { name: 'Voir les livraisons' }).click();
  await expect(page.getByText('Pas encore de livraison')).toBeVisible();

  const rows = page.getByRole('row');
  for (const [nom, status, answer] of [
    ['Bien', 'Réussie', '200'],
    ['Panne', 'Nouvel essai dans', '500'],
    ['Casse', 'Échouée', 'Erreur du script'],
  ] as const) {
    await trigger(page.request, { id: '1', nom });
    await expect(rows.filter({ hasText: new RegExp(status, 'i') })).toContainText(answer);
  }
  await trigger(page.request, { id: '1', nom: 'Muet' }); // keeps the only slot for 5 s
  await receiver.waitFor(3);
  await trigger(page.request, { id: '1', nom: 'Suivant' });
  await expect(rows.filter({ hasText: 'Attend une place' })).toHaveCount(1);

  await rows.filter({ hasText: '500' }).getByRole('link').first().click();
  const sheet = page.getByRole('dialog', { name: 'Livraison' });
  await expect(sheet).toContainText('Le récepteur a échoué en traitant la requête');
  await expect(sheet).toContainText(/Tentative 1500\d+\sms\d\d:\d\d:\d\d/);
  await expect(sheet).toContainText(/nouvel essai dans \d+\ss/i);
  await expect(sheet.getByRole('region', { name: 'Corps reçu' })).toContainText('"erreur": "en panne"');
  await sheet.getByRole('tab', { name: 'Requête' }).click();
  await expect(sheet.getByRole('region', { name: 'Corps envoyé' })).toContainText('"nom": "Panne"');
  await page.keyboard.press('Escape');

  await rows.filter({ hasText: 'Échouée' }).getByRole('link').first().click();
  await expect(sheet).toContainText('sans nom');
  receiver.answer({ status: 200 });
});

test('Testing Webhooks: "Tester" in the menu sends the test payload', async ({ page, receiver }) => {
  await create(page.request, receiver.url, { events: ['file.deleted'] });
  await page.goto('/webhooks');
  await page.getByRole('button', { name: 'Actions pour Spécification' }).click();
  await page.getByRole('menuitem', { name: 'Tester' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Envoyer le test' }).click();
  await expect(page.getByRole('dialog').getByText('Livré', { exact: true })).toBeVisible();
  expect(bodyOf(receiver, 0)).toMatchObject({
    event_type: 'webhook.test',
    payload: {
      test: true,
      message: 'This is a test webhook delivery',
      timestamp: expect.stringMatching(isoTime),
    },
  });
  expect(Object.keys(bodyOf(receiver, 0).payload)).toHaveLength(3);
});

test('Triggering Webhooks Programmatically: the sample of front-end code runs in the browser', async ({
  page,
  receiver,
}) => {
  await create(page.request, receiver.url);
  await page.goto('/leads');
  await page.route('**/seed-sample/**', (route) => {
    const module = new URL(route.request().url()).pathname.replace('/seed-sample/', '');
    const code = stripTypeScriptTypes(readFileSync(`${module}.ts`, 'utf8'));
    const body = code.replaceAll("from '@/", "from '/seed-sample/");
    return route.fulfill({ contentType: 'text/javascript', body });
  });
  await page.evaluate(async (address) => {
    const sample = (await import(address)) as { fromFrontendCode: typeof fromFrontendCode };
    await sample.fromFrontendCode({ id: '42', nom: 'Dupont', email: 'jean.dupont@example.com' });
  }, '/seed-sample/tests/support/seedFrontend');
  await receiver.waitFor(1);
  expect(bodyOf(receiver, 0)).toMatchObject({
    event_type: 'lead.created',
    payload: { id: '42', nom: 'Dupont', email: 'jean.dupont@example.com' },
  });
});
