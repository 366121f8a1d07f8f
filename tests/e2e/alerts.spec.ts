import { expect } from '@playwright/test';
import { accessibilityFaults } from '../support/axe.ts';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * Who is told of webhooks in trouble: made in the console, tried, changed, switched off, deleted.
 */

test.afterEach(async ({ page }) => {
  await deleteAllWebhooks(page.request);
});

test('an alert in a chat is made, tried, changed and deleted', async ({ page, receiver }) => {
  const data = { name: 'Comptabilité', url: receiver.url, events: ['lead.created'] };
  await page.request.post('/api/webhooks', { data });
  await page.goto('/webhooks');
  await page.getByRole('link', { name: 'Alertes' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Alertes');
  await expect(page.getByText('Personne n’est prévenu')).toBeVisible();
  await page.getByRole('button', { name: 'Nouvelle alerte' }).first().click();
  const form = page.getByRole('dialog', { name: 'Nouvelle alerte' });
  await form.getByRole('button', { name: 'Créer l’alerte' }).click();
  await expect(form.getByText('Donnez un nom')).toBeVisible();
  await form.getByRole('textbox', { name: 'Nom' }).fill('Salon ventes');
  await form.getByRole('combobox', { name: 'Moyen' }).click();
  await page.getByRole('option', { name: 'Slack' }).click();
  await form.getByRole('textbox', { name: 'Adresse' }).fill(`${receiver.url}/services/geheim`);
  await form.getByRole('switch', { name: 'Tous les webhooks' }).click();
  await form.getByRole('checkbox', { name: 'Comptabilité' }).click();
  expect(await accessibilityFaults(page)).toEqual([]);
  await form.getByRole('button', { name: 'Créer l’alerte' }).click();
  const row = page.getByRole('row', { name: /Salon ventes/ });
  await expect(row).toContainText('1 webhook');
  await expect(row).toContainText('Active');
  await expect(page.getByText('geheim')).toHaveCount(0);

  const act = async (name: string) => {
    await row.getByRole('button', { name: 'Actions sur Salon ventes' }).click();
    await page.getByRole('menuitem', { name, exact: true }).click();
  };
  await act('Envoyer un message de test');
  await receiver.waitFor(1);
  expect(JSON.parse(String(receiver.requests[0]?.body)).text).toContain('livraison est abandonnée');
  await expect(page.getByText('Le message de test de « Salon ventes » est parti.')).toBeVisible();

  // What it sent is among all that was sent, and leads back here.
  await page.goto('/deliveries');
  await page.locator('[data-row-link]').first().click();
  await page.getByRole('dialog').getByRole('link', { name: 'Salon ventes' }).click();
  await expect(page).toHaveURL(/\/alerts$/);

  await act('Modifier');
  const edit = page.getByRole('dialog', { name: /Modifier/ });
  await edit.getByRole('textbox', { name: 'Nom' }).fill('Salon des ventes');
  // What was typed is not lost silently.
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Rester' }).click();
  await edit.getByRole('button', { name: 'Enregistrer' }).click();
  const renamed = page.getByRole('row', { name: /Salon des ventes/ });
  await expect(renamed).toBeVisible();
  await renamed.getByRole('button', { name: /Actions/ }).click();
  await page.getByRole('menuitem', { name: 'Désactiver' }).click();
  await expect(renamed).toContainText('Inactive');
  await renamed.getByRole('button', { name: /Actions/ }).click();
  await page.getByRole('menuitem', { name: 'Supprimer' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Supprimer' }).click();
  await expect(renamed).toHaveCount(0);
});
