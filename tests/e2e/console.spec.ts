import { expect, type Page } from '@playwright/test';
import type { Account } from '../../scripts/stack/api/accounts.ts';
import { test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * The main road through the console, as a person walks it.
 */

async function signIn(page: Page, account: Account | null): Promise<void> {
  await page.goto('/webhooks');
  await expect(page).toHaveURL(/\/login\?next=%2Fwebhooks/);
  await page.getByLabel('Adresse e-mail').fill(account?.email ?? '');
  await page.getByLabel('Mot de passe', { exact: true }).fill(account?.password ?? '');
  await page.getByRole('button', { name: 'Se connecter' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Webhooks' })).toBeVisible();
}

async function createWebhook(page: Page, name: string, url: string, events: string[]): Promise<void> {
  await page.goto('/webhooks');
  await page.getByRole('link', { name: 'Nouveau Webhook' }).first().click();
  await page.getByLabel('Nom', { exact: true }).fill(name);
  await page.getByLabel('URL', { exact: true }).fill(url);
  for (const event of events) await page.getByRole('checkbox', { name: event }).check();
  await page.getByRole('button', { name: 'Créer le webhook' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('est prêt');
}

async function createLead(page: Page, nom: string): Promise<void> {
  await page.goto('/leads');
  await page.getByRole('button', { name: 'Nouveau lead' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Nom', { exact: true }).fill(nom);
  await dialog.getByRole('button', { name: 'Créer le lead' }).click();
  await expect(page.getByText('Événement lead.created envoyé à 1 webhook')).toBeVisible();
}

const rowMenu = (page: Page, name: string) => page.getByRole('button', { name: `Actions pour ${name}` });

test.afterEach(async ({ page }) => {
  await deleteAllWebhooks(page.request);
});

test('sign in, create, test, trigger, success, break the receiver, retrying, redeliver', async ({
  page,
  local,
  receiver,
}) => {
  await signIn(page, local.admin);
  await createWebhook(page, 'Comptabilité', `${receiver.url}/compta`, ['Lead créé']);

  await page.getByRole('button', { name: 'Envoyer le test' }).click();
  await expect(page.getByText('Livré', { exact: true })).toBeVisible();
  expect(receiver.requests[0]?.headers['x-webhook-event']).toBe('webhook.test');

  await createLead(page, 'Dupont');
  await receiver.waitFor(2);
  expect(JSON.parse(String(receiver.requests[1]?.body))).toMatchObject({
    event_type: 'lead.created',
    payload: { nom: 'Dupont', statut: 'nouveau' },
  });
  await page.goto('/webhooks');
  await expect(page.getByRole('row', { name: /Comptabilité/ })).toContainText(/100\s%/);
  await rowMenu(page, 'Comptabilité').click();
  await page.getByRole('menuitem', { name: 'Voir les livraisons' }).click();
  await expect(
    page.getByRole('row', { name: /lead\.created.*Réussie|Réussie.*lead\.created/ }),
  ).toBeVisible();

  receiver.answer({ status: 500, body: 'en panne' });
  await createLead(page, 'Martin');
  await page.goto('/deliveries');
  const row = page.getByRole('row').filter({ hasText: 'lead.created' }).first();
  await expect(row).toContainText('nouvel essai');
  receiver.answer({ status: 200 });
  await row.getByRole('link').first().click();
  await expect(page).toHaveURL(/\/deliveries\/[0-9a-f-]{36}/);
  const sheet = page.getByRole('dialog');
  await expect(sheet).toContainText('Erreur du récepteur');
  await sheet.getByRole('button', { name: 'Rejouer' }).click();
  await expect(sheet.getByText('Réussie').first()).toBeVisible();
  await expect(sheet).toContainText('Tentative 2');
  await page.reload();
  await expect(page.getByRole('dialog')).toContainText('Tentative 2');
});

test('the playground is a receiver: both signatures arrive verified', async ({ page, local }) => {
  await signIn(page, local.admin);
  await page.getByRole('link', { name: 'Bac à sable', exact: true }).click();
  await page.getByRole('button', { name: 'Créer ma première boîte' }).click();
  await page
    .getByRole('link', { name: /Créer (un webhook vers cette boîte|le webhook)/ })
    .first()
    .click();
  await expect(page.getByLabel('URL', { exact: true })).toHaveValue(/\/api\/playground\/[0-9a-f-]{36}/);
  await page.getByRole('checkbox', { name: 'Lead créé' }).check();
  await page.getByRole('button', { name: 'Créer le webhook' }).click();
  await page.getByRole('button', { name: 'Envoyer le test' }).click();
  await expect(page.getByText('Livré', { exact: true })).toBeVisible();
  await page.goto('/playground');
  const request = page.getByText(/webhook\.test/).first();
  await expect(request).toBeVisible();
  await expect(page.getByText(/: valide$/)).toHaveCount(2);
  await expect(page.getByText(/: (invalide|absente|non vérifiable)$/)).toHaveCount(0);
});

test('the ⋮ menu tests, deactivates, activates, duplicates and deletes', async ({
  page,
  local,
  receiver,
}) => {
  await signIn(page, local.admin);
  await createWebhook(page, 'Menu', `${receiver.url}/menu`, ['Lead créé']);
  await page.goto('/webhooks');

  await rowMenu(page, 'Menu').click();
  await page.getByRole('menuitem', { name: 'Tester' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Envoyer le test' }).click();
  await expect(page.getByRole('dialog').getByText('Livré', { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');

  await rowMenu(page, 'Menu').click();
  await page.getByRole('menuitem', { name: 'Désactiver' }).click();
  await expect(page.getByRole('row', { name: /Menu/ })).toContainText('Inactif');
  await rowMenu(page, 'Menu').click();
  await page.getByRole('menuitem', { name: 'Activer' }).click();
  await expect(page.getByRole('row', { name: /Menu/ })).toContainText('Actif');

  await rowMenu(page, 'Menu').click();
  await page.getByRole('menuitem', { name: 'Dupliquer' }).click();
  await expect(page.getByLabel('Nom', { exact: true })).toHaveValue('Menu (copie)');
  await page.goto('/webhooks');

  await rowMenu(page, 'Menu').click();
  await page.getByRole('menuitem', { name: 'Supprimer' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Supprimer' }).click();
  await expect(page.getByText('Pas encore de webhook')).toBeVisible();
});

test('bad input is explained on its field, and the form keeps what was typed', async ({
  page,
  local,
  receiver,
}) => {
  await signIn(page, local.admin);
  await page.goto('/webhooks/new');
  await page.getByLabel('Nom', { exact: true }).fill('Gardé');
  await page.getByLabel('URL', { exact: true }).fill('https://10.0.0.1/');
  await page.getByRole('button', { name: 'Créer le webhook' }).click();
  await expect(page.getByLabel('URL', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Nom', { exact: true })).toHaveValue('Gardé');

  // A session that ends while somebody types costs nothing that was typed.
  await page.getByLabel('URL', { exact: true }).fill(`${receiver.url}/x`);
  await page.getByRole('checkbox', { name: 'Lead créé' }).check();
  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  await page.getByRole('button', { name: 'Créer le webhook' }).click();
  await expect(page.getByText('Se reconnecter dans un autre onglet')).toBeVisible();
  await expect(page.getByLabel('Nom', { exact: true })).toHaveValue('Gardé');
  await page.context().addCookies(cookies);
  await page.getByRole('button', { name: 'Créer le webhook' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('est prêt');
});

test('a script is tried on a sample before it is saved, with errors at their line', async ({
  page,
  local,
  receiver,
}) => {
  await signIn(page, local.admin);
  await createWebhook(page, 'Script', `${receiver.url}/script`, ['Lead créé']);
  await page.getByRole('link', { name: 'Aller au webhook' }).click();
  await page.getByRole('link', { name: 'Transformation' }).click();
  const editor = page.getByRole('textbox', { name: 'Script de transformation' });
  await editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(
    "console.log('vu', payload.nom);\nreturn { ...payload, custom_field: 'value' };",
  );
  await page.getByRole('button', { name: 'Exécuter' }).click();
  await expect(page.getByRole('tabpanel')).toContainText('custom_field');

  await editor.click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText('const a = 1;\nreturn payload.absent.champ;');
  await page.getByRole('button', { name: 'Exécuter' }).click();
  await expect(page.getByText('Ligne 2, colonne')).toBeVisible();
});

test('English is one click away, and stays', async ({ page, local }) => {
  await page.goto('/login');
  await page
    .getByRole('button', { name: 'EN' })
    .or(page.getByRole('radio', { name: 'EN' }))
    .click();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible();
  await page.getByLabel('Email').fill(local.admin?.email ?? '');
});
