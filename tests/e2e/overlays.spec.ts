import { expect, type Page } from '@playwright/test';
import { accessibilityFaults } from '../support/axe.ts';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * What opens over a page: menus, lists, windows, messages, the palette and the list of keys.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

async function create(page: Page, url: string, name: string): Promise<string> {
  const data = { name, url, events: ['lead.created'] };
  const response = await page.request.post('/api/webhooks', { data });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).id;
}

const palette = (page: Page) => page.getByRole('dialog', { name: 'Chercher ou agir' });

/** Its code is fetched at its first use: what is typed before its field is there goes nowhere. */
async function openPalette(page: Page): Promise<void> {
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('ControlOrMeta+k');
  await expect(palette(page).getByRole('combobox')).toBeFocused();
}

/** A window has gone, and has handed the focus back. */
async function expectClosed(page: Page): Promise<void> {
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.locator('#content:focus, #content :focus')).toHaveCount(1);
}

test('a long list is searched, whatever the accents, and by keyboard alone', async ({ page, receiver }) => {
  for (let n = 1; n <= 11; n++) await create(page, receiver.url, `Réception ${n}`);
  await page.goto('/deliveries?status=failed');
  const filter = page.getByRole('combobox', { name: 'Webhook' });
  await filter.focus();
  await page.keyboard.press('Enter');
  const field = page.getByPlaceholder('Rechercher');
  await expect(field).toBeFocused();
  await expect(page.getByRole('option')).toHaveCount(12);
  await page.keyboard.type('reception 7');
  await expect(page.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(filter).toContainText('Réception 7');
  await expect(filter).toBeFocused();
  await expect(page).toHaveURL(/status=failed&webhook_id=/);
  await filter.click();
  await field.fill('nothing like it');
  await expect(page.getByText('Aucun résultat')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(field).toHaveCount(0);
  await expect(page).toHaveURL(/webhook_id=/);
});

test('the palette finds a webhook by name, a delivery by id, and what can be done', async ({
  page,
  receiver,
}) => {
  const id = await create(page, receiver.url, 'Comptabilité');
  const delivery = await (await page.request.post(`/api/webhooks/${id}/test`, { data: {} })).json();
  await page.goto('/webhooks');
  await page.getByRole('row', { name: /Comptabilité/ }).waitFor();
  await openPalette(page);
  await page.keyboard.type('compta');
  await palette(page).getByRole('option', { name: 'Comptabilité', exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`/webhooks/${id}$`));

  await page.getByRole('button', { name: 'Chercher ou agir' }).click();
  await expect(palette(page).getByRole('combobox')).toBeFocused();
  await page.keyboard.type(delivery.id);
  await expect(palette(page).getByRole('option').first()).toContainText('Ouvrir la livraison');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/deliveries/${delivery.id}$`));
  await expect(page.getByRole('dialog').getByText('Tentative 1').first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expectClosed(page);

  await openPalette(page);
  await page.keyboard.type('rejouer');
  await expect(palette(page).getByRole('option', { name: 'Rejouer les échecs…' })).toBeVisible();
  await palette(page).getByRole('option', { name: 'Rejouer les échecs…' }).click();
  await expect(page.getByRole('dialog', { name: /Rejouer/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await expectClosed(page);
  await expect(page).toHaveURL(/\/deliveries$/);

  await openPalette(page);
  await palette(page).getByRole('option', { name: 'Thème : Sombre' }).click();
  await expect(page.locator('html.dark')).toHaveCount(1);
  await expectClosed(page);
  await openPalette(page);
  await palette(page).getByRole('option', { name: 'Langue : English' }).click();
  await expect(page.getByRole('heading', { name: 'Deliveries' })).toBeVisible();
});

test('? lists the keys, and neither it nor the palette takes what is typed away', async ({
  page,
  receiver,
}) => {
  await create(page, receiver.url, 'Clés');
  await page.goto('/webhooks');
  await page.getByRole('row', { name: /Clés/ }).waitFor();
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Raccourcis clavier' });
  await expect(list.getByText('Ligne suivante')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(list).toHaveCount(0);

  const search = page.getByLabel('Chercher par nom ou URL');
  await search.pressSequentially('quoi?');
  await expect(search).toHaveValue('quoi?');
  await expect(list).toHaveCount(0);

  await page.goto('/leads');
  await page.getByRole('button', { name: 'Nouveau lead' }).first().click();
  await page.getByRole('dialog').getByLabel('Nom', { exact: true }).fill('Lefèvre');
  await page.keyboard.press('ControlOrMeta+k');
  await page.waitForTimeout(300); // it would have opened by now
  await expect(palette(page)).toHaveCount(0);
  await expect(page.getByRole('dialog').getByLabel('Nom', { exact: true })).toHaveValue('Lefèvre');
});

test('a menu opens by keyboard too, from its first use on, and hands the focus back', async ({
  page,
  receiver,
}) => {
  await create(page, receiver.url, 'Au clavier');
  await page.goto('/webhooks');
  const button = page.getByRole('button', { name: 'Actions pour Au clavier' });
  for (const item of ['Tester', 'Voir les livraisons']) {
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menu')).toBeVisible();
    await page.keyboard.type(item.slice(0, 2));
    await expect(page.getByRole('menuitem', { name: item })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(button).toBeFocused();
  }
});

test.describe('an accessibility fault has no', () => {
  const menu = (page: Page) =>
    page
      .getByRole('button', { name: /^Actions/ })
      .first()
      .click();
  const choose = async (page: Page, name: string) => {
    await menu(page);
    await page.getByRole('menuitem', { name }).click();
  };
  const shown: [name: string, path: string, open: (page: Page) => Promise<unknown>, role: string][] = [
    ['menu', '/webhooks', menu, '[role=menu]'],
    ['alert dialog', '/webhooks', (page) => choose(page, 'Supprimer'), '[role=alertdialog]'],
    ['dialog', '/webhooks', (page) => choose(page, 'Tester'), '[role=dialog]'],
    ['message', '/webhooks', (page) => choose(page, 'Désactiver'), '[data-sonner-toast]'],
    ['palette', '/webhooks', (page) => page.keyboard.press('ControlOrMeta+k'), '[role=option]'],
    ['list of keys', '/webhooks', (page) => page.keyboard.press('?'), '[role=dialog]'],
    [
      'tooltip',
      '/webhooks',
      (page) => page.getByRole('button', { name: '1 événement' }).first().hover(),
      '[role=tooltip]',
    ],
    [
      'list',
      '/deliveries?status=failed',
      (page) => page.getByRole('combobox', { name: 'Période' }).click(),
      '[role=option]',
    ],
    [
      'searched list',
      '/deliveries?status=failed',
      (page) => page.getByRole('combobox', { name: 'Webhook' }).click(),
      '[role=option]',
    ],
  ];
  for (const [name, path, open, role] of shown) {
    test(name, async ({ page, receiver }) => {
      const needed = name === 'searched list' ? 11 : 1;
      for (let n = 1; n <= needed; n++) await create(page, receiver.url, `Réception ${n}`);
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await page.goto(path);
      await expect(page.locator('[data-skeleton]')).toHaveCount(0);
      await open(page);
      await expect(page.locator(role).first()).toBeAttached();
      expect(await accessibilityFaults(page)).toEqual([]);
    });
  }
});
