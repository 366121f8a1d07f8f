import { type APIRequestContext, expect, type Page } from '@playwright/test';
import { accessibilityFaults } from '../support/axe.ts';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * Conditions in the form: rows with the fields of past events, the preview, and what it then means for what is sent.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

async function trigger(
  api: APIRequestContext,
  payload: object,
  event_type = 'lead.created',
): Promise<number> {
  const response = await api.post('/api/webhooks/trigger', { data: { event_type, payload } });
  expect(response.status(), await response.text()).toBe(202);
  return (await response.json()).deliveries;
}

const lead = (n: number) => ({
  id: `lead-${n}`,
  prenom: 'Chloé',
  nom: `Lefèvre ${n}`,
  email: n % 2 ? 'chloe@acme.fr' : 'chloe@example.com',
  statut: n % 3 ? 'nouveau' : 'gagne',
  montant: n * 100,
});

const row = (page: Page, n: number) => ({
  field: page.getByLabel(`Champ de la condition ${n}`),
  operator: page.getByLabel(`Opérateur de la condition ${n}`),
  value: page.getByRole('combobox', { name: `Valeur de la condition ${n}`, exact: true }),
  choose: async (name: string) => {
    await page.getByLabel(`Opérateur de la condition ${n}`).click();
    await page.getByRole('option', { name, exact: true }).click();
  },
});

test('a webhook gets only what meets its conditions, which the form tries on the last events', async ({
  page,
  receiver,
}) => {
  for (let n = 1; n <= 20; n += 1) await trigger(page.request, lead(n));
  await page.goto('/webhooks/new');
  await page.getByLabel('Nom', { exact: true }).fill('Grands comptes');
  await page.getByLabel('URL', { exact: true }).fill(`${receiver.url}/grands`);
  await page.getByRole('checkbox', { name: 'Lead créé' }).check();
  await expect(page.getByText('Aucune condition')).toBeVisible();
  const add = page.getByRole('button', { name: 'Ajouter une condition' });
  await add.click();
  await expect(page.getByText('Complétez une condition')).toBeVisible();
  // What past events have is suggested.
  const first = row(page, 1);
  const suggested = page.locator(`datalist[id="${await first.field.getAttribute('list')}"] option`);
  await expect(suggested.and(page.locator('[value="montant"]'))).toHaveCount(1);
  await first.field.fill('montant');
  await first.choose('est au moins');
  await first.value.fill('1500');
  await expect(page.getByText(/^6 des 20 derniers événements correspondent$/)).toBeVisible();
  await page.getByRole('button', { name: 'Voir lesquels' }).click();
  await expect(
    page
      .getByRole('listitem')
      .filter({ hasText: 'Chloé Lefèvre 15' })
      .getByRole('img', { name: 'Correspond', exact: true }),
  ).toBeVisible();
  await expect(
    page
      .getByRole('listitem')
      .filter({ hasText: 'Chloé Lefèvre 14' })
      .getByRole('img', { name: 'Ne correspond pas' }),
  ).toBeVisible();

  await add.click();
  const second = row(page, 2);
  await second.field.fill('emial');
  await second.choose('contient');
  await second.value.fill('@ACME');
  await expect(page.getByText(/Aucun des derniers événements n’a le champ «.emial.»/)).toBeVisible();
  await second.field.fill('email');
  await expect(page.getByText(/^3 des 20 derniers événements correspondent$/)).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);

  // A row that says too little is named, not dropped.
  await add.click();
  await page.getByRole('button', { name: 'Créer le webhook' }).click();
  await expect(row(page, 3).field).toBeFocused();
  await expect(page.getByText('Nommez un champ des données')).toBeVisible();
  await page.getByRole('button', { name: 'Retirer la condition 3' }).click();
  await page.getByRole('button', { name: 'Créer le webhook' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('est prêt');

  const { items } = await (await page.request.get('/api/webhooks')).json();
  expect(items[0].conditions).toEqual([
    { field: 'montant', operator: 'gte', value: 1500 },
    { field: 'email', operator: 'contains', value: '@ACME' },
  ]);
  expect(await trigger(page.request, lead(16))).toBe(0);
  expect(await trigger(page.request, lead(17))).toBe(1);
  await receiver.waitFor(1);

  await page.goto(`/webhooks/${items[0].id}/settings`);
  await expect(row(page, 1).value).toHaveValue('1500');
  await row(page, 2).choose('a changé de … à …');
  await page.getByRole('combobox', { name: 'Nouvelle valeur de la condition 2' }).fill('x@acme.fr');
  await page.getByRole('button', { name: 'Enregistrer' }).click();
  await expect(page.getByText('Réglages enregistrés.')).toBeVisible();
  await page.goto(`/webhooks/${items[0].id}`);
  await expect(page.getByText('email est devenu x@acme.fr')).toBeVisible();
});

test('a delivery is called by its record, in the list, in its sheet and in accessible names, and is found so', async ({
  page,
  receiver,
}) => {
  const data = { name: 'Tout', url: `${receiver.url}/tout`, events: ['lead.created'] };
  expect((await page.request.post('/api/webhooks', { data })).status()).toBe(201);
  const record = { id: 'c1', prenom: 'Chloé', nom: 'Lefèvre-Nommée', telephone: '+33612345678' };
  expect(await trigger(page.request, record)).toBe(1);
  expect(await trigger(page.request, { id: 'd2', nom: 'Durand' })).toBe(1);
  await receiver.waitFor(2);
  for (const q of ['chloe lefevre', '06 12 34 56 78', 'c1']) {
    await page.goto(`/deliveries?q=${encodeURIComponent(q)}`);
    await expect(
      page.getByRole('link', { name: /Réussie.*lead\.created.*Chloé Lefèvre-Nommée/ }),
    ).toHaveCount(1);
    await expect(page.getByText('Durand')).toHaveCount(0);
  }
  await expect(
    page.getByRole('checkbox', { name: /Sélectionner.*lead\.created, Chloé Lefèvre-Nommée/ }),
  ).toBeVisible();
  await page.getByRole('link', { name: /Chloé Lefèvre-Nommée/ }).click();
  await expect(page.getByRole('dialog', { name: /Chloé Lefèvre-Nommée/ })).toBeVisible();
  await page.screenshot({ path: process.env.SHOT ?? test.info().outputPath('sheet.png') });
});
