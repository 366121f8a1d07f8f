import { expect, type Page } from '@playwright/test';
import { signedInTest as test } from '../support/e2e.ts';
import type { Receiver } from '../support/receiver.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * What the console says to bad input, in French, beside the field; and that nothing typed is lost.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

async function startForm(page: Page, receiver: Receiver): Promise<void> {
  await page.goto('/webhooks/new');
  await page.getByLabel('Nom', { exact: true }).fill('Saisie');
  await page.getByLabel('URL', { exact: true }).fill(receiver.url);
  await page.getByRole('checkbox', { name: 'Lead créé' }).check();
  await page.getByRole('button', { name: /Réglages avancés/ }).click();
}

const submit = (page: Page) => page.getByRole('button', { name: 'Créer le webhook' }).click();
const errors = (page: Page) => page.locator('[data-field-error]');
const storedWebhooks = async (page: Page) =>
  (await (await page.request.get('/api/webhooks')).json()).items.length;

async function writeScript(page: Page, script: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Script de transformation' }).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(script);
}

test('an empty form and refused URLs are explained beside their fields', async ({ page }) => {
  await page.goto('/webhooks/new');
  await submit(page);
  await expect(errors(page)).toHaveText([
    'Donnez un nom au webhook.',
    'Indiquez l’URL du récepteur.',
    'Choisissez au moins un événement.',
  ]);
  for (const [url, sentence] of [
    ['bonjour', 'Indiquez une URL complète, comme https://exemple.fr/webhooks.'],
    ['ftp://exemple.fr/', 'L’URL doit commencer par https://.'],
    [
      'https://192.168.1.10/',
      'Utilisez une adresse publique : les adresses privées ou réservées sont refusées.',
    ],
  ] as const) {
    await page.getByLabel('URL', { exact: true }).fill(url);
    await expect(errors(page).nth(1)).toHaveText(sentence);
    await expect(page.getByLabel('URL', { exact: true })).toHaveValue(url);
  }
  expect(await storedWebhooks(page)).toBe(0);
});

test('a header given twice is named in both views, and neither view loses it', async ({ page, receiver }) => {
  await startForm(page, receiver);
  for (const n of [1, 2]) {
    await page.getByRole('button', { name: 'Ajouter un en-tête' }).click();
    await page.getByLabel(`Nom de l’en-tête ${n}`).fill('X-Jeton');
    await page.getByLabel(`Valeur de l’en-tête ${n}`).fill(String(n));
  }
  await submit(page);
  await expect(errors(page)).toContainText('Retirez un des deux en-têtes de ce nom');
  await page.getByRole('radio', { name: 'JSON' }).click();
  const json = page.getByLabel('En-têtes en JSON');
  await expect(json).toHaveValue('{\n  "X-Jeton": "1",\n  "X-Jeton": "2"\n}');

  for (const [text, sentence] of [
    ['{"X-Jeton": "1",\n "X-Jeton": "2"}', 'Ligne 2, colonne 2 : Retirez un des deux en-têtes de ce nom'],
    ['{"Host": "x"}', 'Ligne 1, colonne 2 : Retirez cet en-tête'],
    ['{"X-A": "a\\r\\nX-B: b"}', 'La valeur ne peut contenir que des caractères ASCII visibles'],
    ['{"X-A":', 'Corrigez la syntaxe JSON des en-têtes.'],
    ['[]', 'Écrivez les en-têtes comme un objet JSON de textes.'],
  ] as const) {
    await json.fill(text);
    await submit(page);
    await expect(errors(page)).toContainText(sentence);
    await expect(json).toHaveValue(text);
  }
  expect(await storedWebhooks(page)).toBe(0);
});

test('a number of retries that is refused stays in sight when retries are switched off', async ({
  page,
  receiver,
}) => {
  await startForm(page, receiver);
  await page.getByLabel('Nombre d’essais supplémentaires').fill('99');
  await page.getByRole('switch', { name: /Réessayer automatiquement/ }).click();
  await submit(page);
  await expect(errors(page)).toHaveText('Indiquez un nombre entier de 0 à 20.');
  await expect(page.getByLabel('Nombre d’essais supplémentaires')).toBeFocused();
});

test('a script that does not parse, or is too long, is refused when saving', async ({ page, receiver }) => {
  await startForm(page, receiver);
  await page.getByRole('switch', { name: /Transformer les données/ }).click();
  await writeScript(page, 'const a = 1;\nreturn { a: ; };');
  await submit(page);
  await expect(errors(page)).toHaveText(/Corrigez l’erreur de syntaxe, ligne 2, colonne 13/);
  await expect(page.getByRole('textbox', { name: 'Script de transformation' })).toContainText('{ a: ; }');
  await writeScript(page, `//${'x'.repeat(65_536)}`);
  await submit(page);
  await expect(errors(page)).toHaveText('Raccourcissez le script à 64 Kio au plus.');
  expect(await storedWebhooks(page)).toBe(0);
});

test('a session that ends takes nothing from an open dialog', async ({ page }) => {
  await page.goto('/leads');
  await page.getByRole('button', { name: 'Nouveau lead' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Nom', { exact: true }).fill('Patiente');
  const cookies = await page.context().cookies();
  await page.context().clearCookies();
  await dialog.getByRole('button', { name: 'Créer le lead' }).click();
  await expect(page.getByText('Votre session a expiré.')).toBeVisible();
  await page.waitForLoadState('networkidle');
  await expect(dialog.getByLabel('Nom', { exact: true })).toHaveValue('Patiente');
  await page.context().addCookies(cookies);
  await dialog.getByRole('button', { name: 'Créer le lead' }).click();
  await expect(dialog).toHaveCount(0);
});

test('a refetch that fails takes nothing from whoever edits settings or a script', async ({
  page,
  receiver,
}) => {
  const data = { name: 'Réglages', url: receiver.url, events: ['lead.created'] };
  const { id } = await (await page.request.post('/api/webhooks', { data })).json();
  const refetch = async () => {
    const failed = page.waitForResponse((response) => response.url().endsWith(`/api/webhooks/${id}`));
    await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
    expect((await failed).status()).toBe(500);
    await page.waitForTimeout(300); // what the failure does to the page is done
  };
  await page.goto(`/webhooks/${id}/settings`);
  await page.getByLabel('Nom', { exact: true }).fill('Changé');
  await page.route(`**/api/webhooks/${id}`, (route) => route.fulfill({ status: 500, json: {} }));
  await page.waitForTimeout(2100); // younger data is not asked for again
  await refetch();
  await expect(page.getByLabel('Nom', { exact: true })).toHaveValue('Changé');

  await page.unrouteAll();
  page.once('dialog', (dialog) => dialog.accept());
  await page.goto(`/webhooks/${id}/transformation`);
  await writeScript(page, 'return { a: 1 };');
  await page.route(`**/api/webhooks/${id}`, (route) => route.fulfill({ status: 500, json: {} }));
  await page.waitForTimeout(2100);
  await refetch();
  await expect(page.getByRole('textbox', { name: 'Script de transformation' })).toContainText('{ a: 1 }');
  page.once('dialog', (dialog) => dialog.accept());
});
