import { readFileSync } from 'node:fs';
import { type APIRequestContext, expect, type Page } from '@playwright/test';
import { accessibilityFaults } from '../support/axe.ts';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * The lists of deliveries and of webhooks as tools: narrowed, kept under a name, taken along as a file, acted on as a whole;
 * and the delivery that is open beside its list.
 */

test.afterEach(async ({ page }) => {
  await deleteAllWebhooks(page.request);
});

async function create(api: APIRequestContext, url: string, fields: object = {}): Promise<string> {
  const data = { name: 'Listes', url, events: ['lead.created'], retry_enabled: false, ...fields };
  const response = await api.post('/api/webhooks', { data });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).id;
}

async function trigger(api: APIRequestContext, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, n) => ({
    event_type: 'lead.created',
    payload: { id: `L${n}`, nom: `Personne ${n}`, telephone: '0612', notes: Array(12).fill('x') },
  }));
  const response = await api.post('/api/webhooks/trigger/batch', { data: { events } });
  expect(response.status(), await response.text()).toBe(202);
}

/** Waits until so many deliveries of a webhook are final. */
async function settled(api: APIRequestContext, id: string, count: number, status = 'failed'): Promise<void> {
  const query = `webhook_id=${id}&status=${status}&limit=200`;
  await expect
    .poll(async () => (await (await api.get(`/api/deliveries?${query}`)).json()).items.length, {
      timeout: 60_000,
    })
    .toBe(count);
}

const rows = (page: Page) => page.locator('[data-row-link]');
const opened = (page: Page) => page.getByRole('dialog', { name: /^Livraison/ });

async function choose(page: Page, label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

const refusal = {
  status: 422,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ errors: { telephone: ['format E.164 attendu'] } }),
};

test('the list is narrowed by code and cause, kept as a view, and taken along as a file', async ({
  page,
  receiver,
}) => {
  receiver.answer((request) => (request.body.includes('"L0"') ? { status: 503 } : refusal));
  const id = await create(page.request, receiver.url);
  await trigger(page.request, 3);
  await settled(page.request, id, 3);
  // Of this webhook alone: others have left theirs.
  const list = `/webhooks/${id}/deliveries`;
  await page.goto(list);
  await expect(rows(page)).toHaveCount(3);
  await choose(page, 'Code HTTP', 'HTTP 5xx');
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(/status_code=5xx/);
  await choose(page, 'Code HTTP', 'HTTP 422');
  await expect(rows(page)).toHaveCount(2);
  await choose(page, 'Cause', 'Réponse d’erreur');
  await expect(page).toHaveURL(/error_kind=status/);
  await page.reload();
  await expect(rows(page)).toHaveCount(2);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'CSV' }).click(),
  ]);
  const lines = readFileSync(await download.path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect(lines).toHaveLength(3);
  expect(lines[1]).toContain(',422,');

  await page.getByRole('button', { name: 'Vues' }).click();
  await page.getByRole('menuitem', { name: 'Enregistrer cette vue…' }).click();
  await page.getByLabel('Nom de la vue').fill('Refus');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Vue « Refus » enregistrée dans ce navigateur.')).toBeVisible();
  await page.getByRole('button', { name: 'Effacer les filtres' }).first().click();
  await expect(rows(page)).toHaveCount(3);
  await page.getByRole('button', { name: 'Vues' }).click();
  await page.getByRole('menuitem', { name: 'Refus', exact: true }).click();
  await expect(page).toHaveURL(/status_code=422/);
  await expect(rows(page)).toHaveCount(2);

  await page.goto(`${list}?record_id=L1`);
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole('button', { name: /Fiche.*L1/ }).click();
  await expect(rows(page)).toHaveCount(3);
});

test('everything that matches is replayed, shown or not, after its count', async ({ page, receiver }) => {
  receiver.answer(refusal);
  const id = await create(page.request, receiver.url, { max_in_flight: 50 });
  await trigger(page.request, 60);
  await settled(page.request, id, 60);
  await page.goto(`/webhooks/${id}/deliveries?status_code=4xx`);
  await expect(rows(page)).toHaveCount(50);
  await page.getByRole('checkbox', { name: 'Tout sélectionner' }).click();
  receiver.answer({ status: 200 });
  await page.getByRole('button', { name: 'Tous les échecs qui correspondent…' }).click();
  await page.getByRole('button', { name: 'Rejouer 60 livraisons' }).click();
  await settled(page.request, id, 60, 'success');
});

test('the delivery stands beside its list, says what the receiver says, folds, compares', async ({
  page,
  receiver,
}) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  receiver.answer(refusal);
  const id = await create(page.request, receiver.url);
  await trigger(page.request, 2);
  await settled(page.request, id, 2);
  receiver.answer({ status: 503, headers: { 'content-type': 'text/plain' }, body: 'en maintenance' });
  const { items } = await (await page.request.get(`/api/deliveries?webhook_id=${id}`)).json();
  await page.request.post(`/api/deliveries/${items[0].id}/redeliver`);
  await expect
    .poll(
      async () => (await (await page.request.get(`/api/deliveries/${items[0].id}`)).json()).attempts.length,
    )
    .toBe(2);
  await page.goto('/deliveries');
  await rows(page).nth(1).click();
  await expect(opened(page).getByText('telephone : format E.164 attendu')).toBeVisible();
  // The list is in use meanwhile.
  await rows(page).nth(0).click();
  await expect(page).toHaveURL(new RegExp(`${items[0].id}$`));
  await expect(opened(page).getByText('en maintenance').first()).toBeVisible();

  await opened(page).getByRole('tab', { name: 'Comparer' }).click();
  const outcome = opened(page).getByRole('row', { name: /code HTTP/ });
  await expect(outcome).toContainText('422');
  await expect(outcome).toContainText('503');
  expect(await accessibilityFaults(page)).toEqual([]);

  await opened(page).getByRole('tab', { name: 'Charge utile d’origine' }).click();
  await opened(page).getByRole('button', { name: 'Plier et chercher' }).click();
  const search = opened(page).getByRole('textbox', { name: 'Chercher' });
  await search.pressSequentially('Personne');
  await page.keyboard.press('Enter');
  await expect(opened(page).locator('.cm-searchMatch-selected')).toHaveText('Personne');
  await page.keyboard.press('Escape'); // the search
  await expect(search).toHaveCount(0);
  await page.keyboard.press('Escape'); // the pane
  await expect(opened(page)).toHaveCount(0);
  await expect(page).toHaveURL(/\/deliveries$/);

  await page.setViewportSize({ width: 390, height: 800 });
  await rows(page).first().click();
  await expect(opened(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(opened(page)).toHaveCount(0);
});

test('what is pressed is clicked, though something comes above it before the hand lets go', async ({
  page,
  receiver,
}) => {
  const id = await create(page.request, receiver.url);
  await trigger(page.request, 3);
  await settled(page.request, id, 3, 'success');
  await page.goto('/deliveries');
  const press = async (moved: number) => {
    await page.mouse.down();
    await page.evaluate((height) => {
      const line = Object.assign(document.createElement('div'), { id: 'line' });
      line.style.height = `${height}px`;
      document.querySelector('main')?.prepend(line);
    }, moved);
    await page.mouse.up();
    await page.evaluate(() => document.getElementById('line')?.remove());
  };
  const row = rows(page).nth(1);
  const address = (await row.getAttribute('href')) ?? '';
  await row.hover();
  await press(41);
  await expect(page).toHaveURL(new RegExp(`${address}$`));
  await expect(opened(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(opened(page)).toHaveCount(0);

  // A menu, which opens by being pressed, stays open.
  await page.getByRole('combobox', { name: 'Période' }).hover();
  await press(0);
  await expect(page.getByRole('listbox')).toBeVisible();
  await page.keyboard.press('Escape');
  // And who lets go elsewhere has thought better of it.
  await row.hover();
  await page.mouse.down();
  await page.mouse.move(5, 5);
  await page.mouse.up();
  await expect(page).toHaveURL(/\/deliveries$/);
});

test('an answer that is no text is told by type, size and first bytes', async ({ page, receiver }) => {
  const png = Buffer.from('89504e470d0a1a0a0000', 'hex');
  receiver.answer({ status: 500, headers: { 'content-type': 'image/png' }, body: png });
  const id = await create(page.request, receiver.url);
  await trigger(page.request, 1);
  await settled(page.request, id, 1);
  await page.goto('/deliveries');
  await rows(page).first().click();
  await expect(opened(page).getByText('image/png, 10 octets')).toBeVisible();
  await expect(opened(page).getByText('89 50 4e 47 0d 0a 1a 0a 00 00')).toBeVisible();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    opened(page).getByRole('button', { name: 'Télécharger' }).click(),
  ]);
  expect(readFileSync(await download.path())).toEqual(png);
});

test('webhooks: those in trouble first, counted, switched off and on together', async ({
  page,
  receiver,
}) => {
  receiver.answer({ status: 500 });
  const bad = await create(page.request, receiver.url, { name: 'Zoé en panne' });
  await trigger(page.request, 1);
  await settled(page.request, bad, 1);
  await create(page.request, receiver.url, { name: 'Neuf', events: ['lead.deleted'] });
  await create(page.request, receiver.url, { name: 'Autre', events: ['lead.deleted'] });
  await page.goto('/webhooks');
  await expect(rows(page)).toHaveCount(3);
  await expect(rows(page).first()).toContainText('Zoé en panne');
  await expect(page.getByRole('radio', { name: 'En difficulté 1' })).toBeVisible();
  await choose(page, 'Tri', 'Par nom');
  await expect(rows(page).first()).toContainText('Autre');
  await page.getByRole('radio', { name: /En difficulté/ }).click();
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole('radio', { name: /^Tous/ }).click();
  await expect(rows(page)).toHaveCount(3);

  await page.getByRole('checkbox', { name: 'Tout sélectionner' }).click();
  await page.getByRole('button', { name: 'Désactiver 3 webhooks' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Désactiver 3 webhooks' }).click();
  await expect(page.getByText('3 webhooks désactivés.')).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Inactifs 3' })).toBeVisible();
  await page.getByRole('checkbox', { name: /Sélectionner.*Neuf/ }).click();
  await page.getByRole('button', { name: 'Activer 1 webhook' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Activer 1 webhook' }).click();
  await expect(page.getByRole('radio', { name: 'Inactifs 2' })).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
});
