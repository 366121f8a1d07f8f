import { type APIRequestContext, expect, type Page } from '@playwright/test';
import postgres from 'postgres';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * What the screens say follows from data that was looked at; what is not known is not said.
 */

test.afterEach(async ({ page }) => {
  await page.context().setOffline(false);
  await deleteAllWebhooks(page.request);
});

async function create(api: APIRequestContext, url: string, fields: object = {}): Promise<{ id: string }> {
  const data = { name: 'Vrai', url, events: ['lead.created'], ...fields };
  const response = await api.post('/api/webhooks', { data });
  expect(response.status(), await response.text()).toBe(201);
  return response.json();
}

const trigger = async (page: Page, count: number) => {
  for (let n = 0; n < count; n++)
    await page.request.post('/api/webhooks/trigger', {
      data: { event_type: 'lead.created', payload: { id: String(n) } },
    });
};
const connect = (url: string | null) => postgres(url ?? '', { max: 1, onnotice: () => {} });

test('offline is said, and that the server does not answer', async ({ page }) => {
  await page.goto('/webhooks');
  await expect(page.getByRole('link', { name: 'Nouveau Webhook' }).first()).toBeVisible();
  await page.context().setOffline(true);
  await expect(page.getByText(/Hors ligne\s: ce qui est affiché date/)).toBeVisible();
  await page.context().setOffline(false);
  await expect(page.getByText(/Hors ligne/)).toHaveCount(0);
  await page.route('**/api/**', (route) => route.abort('connectionrefused'));
  await page.getByRole('link', { name: 'Livraisons', exact: true }).click();
  await expect(page.getByText(/Le serveur ne répond pas\s: ce qui est affiché peut dater/)).toBeVisible();
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await expect(page.getByText(/ce qui est affiché peut dater/)).toHaveCount(0);
});

test('a receiver that is spared is said to do what it does, and to be active nowhere', async ({
  page,
  receiver,
  local,
}) => {
  const sql = connect(local.database_url);
  const { id } = await create(page.request, receiver.url);
  await sql`insert into webhook_health (webhook_id, failures, outages, paused_until, pauses, last_status_code, last_error_kind)
    values (${id}, 21, 21, now() + interval '10 minutes', 1, 500, 'status')`;
  await page.goto(`/webhooks/${id}`);
  await expect(page.getByText(/En pause jusqu’à .*\s: les derniers envois ont échoué/)).toBeVisible();
  await expect(page.getByText(/Répond 500\s: 21 échecs de suite/)).toBeVisible();
  await expect(page.getByText(/ne répond plus/)).toHaveCount(0);
  await page.goto('/webhooks');
  await expect(page.getByRole('row', { name: /Vrai/ })).toContainText(/Répond 500\s: 21 échecs de suite/);
  await page.goto('/events');
  await page.getByRole('button', { name: /lead\.created/ }).click();
  const listener = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('link', { name: 'Vrai', exact: true }) })
    .last();
  await expect(listener).toContainText('En panne');
  await expect(listener).not.toContainText('Actif');
  await sql.end();
});

test('charts count deliveries; attempts have a chart of their own, and latencies are of answers', async ({
  page,
  receiver,
  local,
}) => {
  const sql = connect(local.database_url);
  const { id } = await create(page.request, receiver.url);
  await sql`insert into webhook_stats_hourly (webhook_id, hour, succeeded, failed, retried, skipped, errors_network, latency_histogram)
    values (${id}, date_trunc('hour', now()), 10, 2, 30, 5, 32, array_fill(0, array[16]))`;
  await page.goto(`/webhooks/${id}`);
  const figure = (name: string) =>
    page
      .locator('dl > div')
      .filter({ has: page.getByText(name, { exact: true }) })
      .locator('dd');
  await expect(figure('Réussies')).toHaveText('10');
  await expect(figure('Échouées')).toHaveText('2');
  await expect(figure('Tentatives')).toHaveText('42');
  // Nothing was answered: there is no latency.
  await expect(figure('p50')).toHaveText('–');
  await expect(page.getByText('Aucune réponse sur cette période')).toBeVisible();
  await page.getByRole('button', { name: 'Voir les nombres en tableau' }).click();
  const headers = await page.getByRole('columnheader').allTextContents();
  expect(headers).toEqual(
    expect.arrayContaining([
      'Réussies',
      'Échouées',
      'Ignorées',
      'Tentatives réussies',
      'Tentatives échouées',
    ]),
  );
  expect(headers).not.toContain('Réessayées');
  await sql.end();
});

test('a delivery that waits says for what', async ({ page, receiver }) => {
  receiver.answer({ delayMs: 28_000 });
  const { id } = await create(page.request, receiver.url, { max_in_flight: 1, timeout_ms: 30_000 });
  await trigger(page, 3);
  await page.goto(`/webhooks/${id}/deliveries`);
  await expect(page.getByText('Envoi en cours').first()).toBeVisible();
  await expect(page.getByText('Attend une place').first()).toBeVisible();
  await page
    .getByRole('row')
    .filter({ hasText: 'Attend une place' })
    .first()
    .locator('[data-row-link]')
    .click();
  await expect(page.getByText(/Toutes les requêtes simultanées du webhook sont en cours/)).toBeVisible();
  await page.request.patch(`/api/webhooks/${id}`, { data: { status: 'inactive' } });
  await expect(page.getByText(/Le webhook est inactif\s: la livraison attend sa réactivation/)).toBeVisible();
});

test('a copy says what it carries over and what not', async ({ page, receiver }) => {
  const { id } = await create(page.request, receiver.url, { headers: { 'X-Jeton': 'a' }, max_retries: 7 });
  await page.goto(`/webhooks/new?from=${id}`);
  await expect(page.getByText('Copie de « Vrai »')).toBeVisible();
  await expect(page.getByText(/en-têtes avec leurs valeurs.*Pas repris\s: les secrets/)).toBeVisible();
  await page.getByRole('button', { name: 'Créer le webhook' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('est prêt');
  const copy = (await (await page.request.get('/api/webhooks')).json()).items.find(
    (item: { id: string }) => item.id !== id,
  );
  const [one, other] = await Promise.all(
    [id, copy.id].map(async (of) => (await page.request.get(`/api/webhooks/${of}`)).json()),
  );
  expect(other).toMatchObject({ headers: one.headers, max_retries: 7, status: 'active' });
  const secrets = async (of: string) => (await page.request.get(`/api/webhooks/${of}/secrets`)).json();
  expect((await secrets(copy.id)).secret_key).not.toBe((await secrets(id)).secret_key);
});

test('while a number of retries is refused nothing is said of retries, and the workbench saves from its header', async ({
  page,
  receiver,
}) => {
  const { id } = await create(page.request, receiver.url);
  await page.goto(`/webhooks/${id}/settings`);
  await expect(page.getByText(/Nouveaux essais après/)).toBeVisible();
  await page.getByLabel('Nombre d’essais supplémentaires').fill('99');
  await expect(page.getByText(/Nouveaux essais après|Aucun nouvel essai/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Rétablir' }).click();
  await page.goto(`/webhooks/${id}/transformation`);
  const save = await page.getByRole('button', { name: 'Enregistrer le script' }).boundingBox();
  const editor = await page.getByRole('textbox', { name: 'Script de transformation' }).boundingBox();
  expect((save?.y ?? 0) + (save?.height ?? 0)).toBeLessThan(editor?.y ?? 0);
});

test('numbers in a question are asked for as it opens, or said to be unknown', async ({ page, receiver }) => {
  const { id } = await create(page.request, receiver.url);
  const inbox = await (
    await page.request.post('/api/playground/inboxes', { data: { name: 'Comptée' } })
  ).json();
  await page.goto(`/playground?inbox=${inbox.id}`);
  const ask = async () => {
    await page.getByRole('button', { name: 'Actions pour la boîte Comptée' }).click();
    await page.getByRole('menuitem', { name: 'Supprimer' }).click();
  };
  await page.request.patch(`/api/webhooks/${id}`, { data: { url: inbox.url } });
  await ask();
  await expect(page.getByRole('alertdialog')).toContainText(
    'les livraisons du webhook qui s’en sert échoueront',
  );
  await page.keyboard.press('Escape');
  await page.route('**/api/playground/inboxes', (route) => route.fulfill({ status: 500, json: {} }));
  await ask();
  await expect(page.getByRole('alertdialog')).toContainText('Leur nombre n’a pas pu être lu');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.request.delete(`/api/playground/inboxes/${inbox.id}`);
});
