import { type APIRequestContext, expect } from '@playwright/test';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * One record's deliveries in the console: set in the form, told by what waits, merged changes, and a decision.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

async function trigger(api: APIRequestContext, payload: object): Promise<void> {
  const response = await api.post('/api/webhooks/trigger', {
    data: { event_type: 'lead.updated', payload },
  });
  expect(response.status(), await response.text()).toBe(202);
}

test('what is asked of a record is set in the form, and said of the webhook', async ({ page, receiver }) => {
  await page.goto('/webhooks/new');
  await page.getByLabel('Nom', { exact: true }).fill('En ordre');
  await page.getByLabel('URL', { exact: true }).fill(`${receiver.url}/ordre`);
  await page.getByRole('checkbox', { name: 'Lead modifié' }).check();
  await page.getByRole('button', { name: 'Réglages avancés' }).click();
  const waits = page.getByRole('switch', { name: 'Après un échec, attendre une décision' });
  await expect(waits).toBeHidden();
  await page.getByRole('switch', { name: 'L’une après l’autre, fiche par fiche' }).click();
  await waits.click();
  await page.getByRole('switch', { name: 'Ignorer les nouveaux essais dépassés' }).click();
  await page.getByRole('switch', { name: 'Ne pas lui renvoyer ses propres changements' }).click();
  const seconds = page.getByLabel('Réunir les modifications pendant (secondes)');
  await seconds.fill('301');
  await page.getByRole('button', { name: 'Créer le webhook' }).click();
  await expect(page.getByText('Entrez un nombre entier de 0 à 300.')).toBeVisible();
  await seconds.fill('1');
  await page.getByRole('button', { name: 'Créer le webhook' }).click();
  await expect(page).toHaveURL(/\/webhooks\/[0-9a-f-]+/);
  await page.goto(/\/webhooks\/[0-9a-f-]+/.exec(page.url())?.[0] ?? '');
  await expect(
    page.getByText(
      /L’une après l’autre.; après un échec, attend une décision\. Modifications réunies pendant 1.s\. Nouveaux essais dépassés ignorés\. Sans ses propres changements\./,
    ),
  ).toBeVisible();

  for (const n of [1, 2, 3]) await trigger(page.request, { id: 'a', changes: { n }, previous: { n: n - 1 } });
  await receiver.waitFor(1, 20_000);
  expect(JSON.parse(String(receiver.requests[0]?.body)).payload).toEqual({
    id: 'a',
    changes: { n: 3 },
    previous: { n: 0 },
  });
  await page.goto('/deliveries');
  await page.getByRole('row').nth(1).click();
  const merged = page.getByText('3 modifications réunies');
  await merged.click();
  await expect(page.getByRole('group').filter({ has: merged }).getByRole('listitem')).toHaveCount(3);
});

test('a record that stopped waits for a person, who passes its failed delivery over', async ({
  page,
  receiver,
}) => {
  receiver.answer({ status: 400 });
  const created = await page.request.post('/api/webhooks', {
    data: {
      name: 'Décision',
      url: `${receiver.url}/decision`,
      events: ['lead.updated'],
      ordered: true,
      order_waits: true,
      retry_enabled: false,
    },
  });
  expect(created.status()).toBe(201);
  await trigger(page.request, { id: 'b', n: 1 });
  await receiver.waitFor(1, 20_000);
  await trigger(page.request, { id: 'b', n: 2 });
  await page.goto('/deliveries?status=pending');
  await page.getByRole('row').nth(1).click();
  await expect(page.getByText('Attend une autre livraison de la même fiche')).toBeVisible();
  await page.getByRole('link', { name: 'La voir' }).click();
  await expect(page.getByText('La suite de cette fiche attend')).toBeVisible();
  receiver.answer({ status: 200 });
  await page.getByRole('button', { name: 'Passer outre' }).click();
  await receiver.waitFor(2, 20_000);
  expect(JSON.parse(String(receiver.requests[1]?.body)).payload).toEqual({ id: 'b', n: 2 });
  await expect(page.getByText('La suite de cette fiche attend')).toBeHidden();
});
