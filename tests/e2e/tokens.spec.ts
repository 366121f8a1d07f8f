import { type APIRequestContext, expect, type Page, request } from '@playwright/test';
import { accessibilityFaults } from '../support/axe.ts';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * A machine's way in: a token made in the console, used by somebody without a session, and revoked.
 */

const event = { event_type: 'lead.created', payload: { id: '42', nom: 'Durand' } };

/** What a program is: it has nothing but its token. */
async function program(baseURL: string | undefined, token: string): Promise<APIRequestContext> {
  return request.newContext({
    ...(baseURL ? { baseURL } : {}),
    extraHTTPHeaders: { authorization: `Bearer ${token}` },
    storageState: { cookies: [], origins: [] },
  });
}

async function makeToken(page: Page, name: string): Promise<string> {
  await page.getByRole('button', { name: 'Nouveau jeton' }).first().click();
  const form = page.getByRole('dialog', { name: 'Nouveau jeton d’API' });
  await form.getByRole('textbox', { name: 'Nom' }).fill(name);
  await form.getByRole('button', { name: 'Créer le jeton' }).click();
  const made = page.getByRole('dialog', { name: 'Votre jeton est prêt' });
  const token = await made.getByRole('region', { name: 'Jeton', exact: true }).textContent();
  expect(token).toMatch(/^dlk_[0-9A-Za-z]{49}$/);
  await expect(made.getByRole('region', { name: /terminal/ })).toContainText(
    `/api/webhooks/trigger -H 'Authorization: Bearer ${token}'`,
  );
  return token ?? '';
}

test.afterEach(async ({ page }) => {
  const { items } = await (await page.request.get('/api/tokens')).json();
  for (const { id } of items) await page.request.delete(`/api/tokens/${id}`);
  await deleteAllWebhooks(page.request);
});

test('a token is made, triggers an event that arrives, and is revoked', async ({
  page,
  receiver,
  baseURL,
}) => {
  const data = { name: 'Comptabilité', url: receiver.url, events: ['lead.created'] };
  expect((await page.request.post('/api/webhooks', { data })).status()).toBe(201);

  await page.goto('/webhooks');
  await page.getByRole('button', { name: /Administrateur/ }).click();
  await page.getByRole('menuitem', { name: 'Jetons d’API' }).click();
  await expect(page).toHaveURL('/tokens');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Jetons d’API');
  const token = await makeToken(page, 'CRM de production');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'J’ai copié le jeton' }).click();
  await expect(page.getByText(token)).toHaveCount(0);
  const row = page.getByRole('row', { name: /CRM de production/ });
  await expect(row).toContainText(`${token.slice(0, 10)}…`);
  await expect(row).toContainText('Déclencher');
  await expect(row).toContainText('Pas encore utilisé');

  const machine = await program(baseURL, token);
  const answer = await machine.post('/api/webhooks/trigger', { data: event });
  expect([answer.status(), (await answer.json()).deliveries]).toEqual([202, 1]);
  await receiver.waitFor(1);
  expect(JSON.parse(String(receiver.requests[0]?.body)).payload).toEqual(event.payload);
  const refused = await machine.get('/api/deliveries');
  expect([refused.status(), (await refused.json()).code]).toEqual([403, 'scope_exceeded']);
  await page.goto('/deliveries');
  await expect(page.getByRole('link', { name: /lead\.created/ }).first()).toBeVisible();

  await page.goto('/tokens');
  await expect(row).not.toContainText('Pas encore utilisé');
  await row.getByRole('button', { name: 'Révoquer le jeton CRM de production' }).click();
  const question = page.getByRole('alertdialog');
  await expect(question).toContainText('recevra 401');
  await question.getByRole('button', { name: 'Révoquer' }).click();
  await expect(row).toContainText('Révoqué');
  await expect(row.getByRole('button')).toHaveCount(0);
  const gone = await machine.post('/api/webhooks/trigger', { data: event });
  expect([gone.status(), (await gone.json()).code]).toEqual([401, 'token_revoked']);
  await machine.dispose();
});

test('a token opens no page, and its form says what is missing', async ({ page, baseURL }) => {
  await page.goto('/tokens');
  const token = await makeToken(page, 'Lecture');
  await page.getByRole('button', { name: 'J’ai copié le jeton' }).click();
  const machine = await program(baseURL, token);
  const answer = await machine.get('/webhooks', { maxRedirects: 0 });
  expect(answer.headers().location).toContain('/login');
  await machine.dispose();

  await page.getByRole('button', { name: 'Nouveau jeton' }).click();
  const form = page.getByRole('dialog', { name: 'Nouveau jeton d’API' });
  await form.getByRole('button', { name: 'Créer le jeton' }).click();
  await expect(form.getByText('Donnez un nom au jeton.')).toBeVisible();
  await form.getByRole('radio', { name: /Gérer/ }).click();
  await form.getByRole('combobox', { name: 'Expiration' }).click();
  await page.getByRole('option', { name: 'Jamais' }).click();
  await expect(form.getByText('jusqu’à ce que quelqu’un le révoque')).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
});
