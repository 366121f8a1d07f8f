import { expect, type Page } from '@playwright/test';
import { accessibilityFaults } from '../support/axe.ts';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * Event types of one's own: added, changed and deprecated in the console, listened to by name and by pattern, triggered.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

/** A name that no other test has; types are not deleted. */
const uniqueName = (verb: string) => `k${crypto.randomUUID().slice(0, 8)}.${verb}`;
const form = (page: Page, name = 'Nouveau type d’événement') => page.getByRole('dialog', { name });
const item = (page: Page, name: string) => page.getByRole('listitem').filter({ hasText: name }).first();

test('a type is added, found faulty at its field, listened to by a pattern, triggered, changed and deprecated', async ({
  page,
  receiver,
}) => {
  const name = uniqueName('paid');
  const kind = name.split('.')[0] ?? '';
  await page.goto('/events');
  await page.getByRole('button', { name: 'Nouveau type' }).click();
  const dialog = form(page);
  await dialog.getByRole('textbox', { name: 'Nom', exact: true }).fill('Pas un nom');
  await dialog.getByRole('textbox', { name: 'Exemple' }).fill('{"id": "1", ');
  await dialog.getByRole('button', { name: 'Créer le type' }).click();
  await expect(dialog.getByText('Donnez un nom comme client.created')).toBeVisible();
  await expect(dialog.getByText('Corrigez la syntaxe de ce JSON.')).toBeVisible();
  await expect(dialog.getByRole('textbox', { name: 'Nom', exact: true })).toBeFocused();
  expect(await accessibilityFaults(page)).toEqual([]);

  await dialog.getByRole('textbox', { name: 'Nom', exact: true }).fill('lead.created');
  await dialog
    .getByRole('textbox', { name: 'Exemple' })
    .fill('{"id": "1", "montant": 12.5, "client": "Durand"}');
  await dialog.getByRole('button', { name: 'Créer le type' }).click();
  await expect(dialog.getByText('Un type d’événement porte déjà ce nom.').first()).toBeVisible();
  await expect(dialog.getByRole('textbox', { name: 'Nom', exact: true })).toHaveAttribute(
    'aria-invalid',
    'true',
  );

  await dialog.getByRole('textbox', { name: 'Nom', exact: true }).fill(name);
  await dialog.getByRole('textbox', { name: 'Libellé en français' }).fill('x'.repeat(201));
  await dialog.getByRole('button', { name: 'Créer le type' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Libellé en français' })).toHaveAttribute(
    'aria-invalid',
    'true',
  );
  await dialog.getByRole('textbox', { name: 'Libellé en français' }).fill('Commande payée');
  await dialog.getByRole('textbox', { name: 'Champs qui nomment la fiche' }).fill('client');
  await dialog.getByRole('combobox', { name: 'Schéma des données' }).click();
  await page.getByRole('option', { name: 'Écrit' }).click();
  await dialog.getByRole('textbox', { name: 'JSON Schema' }).fill('{"type": "nombre"}');
  await dialog.getByRole('button', { name: 'Créer le type' }).click();
  await expect(dialog.getByRole('textbox', { name: 'JSON Schema' })).toHaveAttribute('aria-invalid', 'true');
  await expect(dialog.getByText('Saisissez un JSON Schema (2020-12)').first()).toBeVisible();
  await dialog.getByRole('combobox', { name: 'Schéma des données' }).click();
  await page.getByRole('option', { name: 'Déduit de l’exemple' }).click();
  await dialog.getByRole('combobox', { name: 'Données hors du schéma' }).click();
  await page.getByRole('option', { name: 'Refusées' }).click();
  await dialog.getByRole('button', { name: 'Créer le type' }).click();
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(new RegExp(`type=${name}`));
  await expect(item(page, name)).toContainText(/Commande payée.*montant.*nombre/s);
  await expect(item(page, name)).toContainText('Un écart est refusé');
  await expect(page.getByRole('heading', { name: new RegExp(`^${kind}`), level: 2 })).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);

  const refused = await page.request.post('/api/webhooks/trigger', {
    data: { event_type: name, payload: { id: '2', montant: 'douze', client: 'Durand' } },
  });
  expect([refused.status(), (await refused.json()).code]).toEqual([422, 'payload_invalid']);

  await page.goto('/webhooks/new');
  await page.getByLabel('Nom', { exact: true }).fill('Comptabilité');
  await page.getByLabel('URL', { exact: true }).fill(receiver.url);
  await page.getByRole('checkbox', { name: `${kind}.*` }).check();
  await expect(page.getByRole('checkbox', { name: 'Commande payée' })).toBeChecked();
  await expect(page.getByRole('checkbox', { name: 'Commande payée' })).toBeDisabled();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Créer le webhook' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('est prêt');

  await page.goto(`/events?type=${name}`);
  await expect(item(page, name).getByRole('link', { name: 'Comptabilité' })).toBeVisible();
  await item(page, name).getByRole('button', { name: 'Déclencher avec l’exemple' }).click();
  await expect(page.getByText('1 livraison', { exact: true })).toBeVisible();
  await receiver.waitFor(1);
  expect(JSON.parse(String(receiver.requests[0]?.body))).toMatchObject({
    event_type: name,
    payload: { id: '1', montant: 12.5, client: 'Durand' },
  });

  await item(page, name).getByRole('button', { name: 'Modifier' }).click();
  const edit = form(page, `Modifier ${name}`);
  await edit
    .getByRole('textbox', { name: 'Ce qui le déclenche, en français' })
    .fill('Une commande est réglée.');
  await edit.getByRole('button', { name: 'Enregistrer' }).click();
  await expect(edit).toBeHidden();
  await expect(item(page, name)).toContainText('Une commande est réglée.');
  await item(page, name).getByRole('button', { name: 'Déprécier' }).click();
  await expect(item(page, name).getByText('Déprécié', { exact: true })).toBeVisible();
  await page.goto('/webhooks/new');
  await expect(page.getByRole('checkbox', { name: /Commande payée Déprécié/ })).toBeVisible();
  await page.goto(`/events?type=${name}`);
  await item(page, name).getByRole('button', { name: 'Remettre en service' }).click();
  await expect(item(page, name).getByText('Déprécié', { exact: true })).toHaveCount(0);
});

test('what was typed is asked about, and offered again', async ({ page }) => {
  await page.goto('/events');
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('dialog').getByRole('combobox').fill('type d’év');
  await page.getByRole('option', { name: 'Nouveau type d’événement' }).click();
  const name = form(page).getByRole('textbox', { name: 'Nom', exact: true });
  await name.fill('order.pa');
  await expect(form(page).getByText('Modifié', { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Rester' }).click();
  await expect(name).toHaveValue('order.pa');
  page.on('dialog', (dialog) => dialog.accept());
  await page.reload();
  await form(page).getByRole('button', { name: 'Reprendre' }).click();
  await expect(name).toHaveValue('order.pa');
});

test('what the system emits is shown, and changed by nobody', async ({ page }) => {
  await page.goto('/events?type=webhook.disabled');
  await expect(item(page, 'webhook.disabled')).toContainText('Le système émet lui-même cet événement');
  await expect(item(page, 'webhook.disabled').getByRole('button', { name: 'Modifier' })).toHaveCount(0);
});
