import { type APIRequestContext, expect, type Page } from '@playwright/test';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks, nobody } from '../support/session.ts';

/*
 * What is taken out of the queue, what goes out again, and what was never meant to: by the API and in the console,
 * with the background jobs that do what grows with a queue.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

const nowhere = '01900000-0000-7000-8000-000000000000';

/** A webhook of which every failure waits for an hour. */
async function create(api: APIRequestContext, url: string, fields: object = {}): Promise<string> {
  const data = { name: 'File', url, events: ['lead.created'], retry_delay: 3600, ...fields };
  const response = await api.post('/api/webhooks', { data });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).id;
}

async function trigger(api: APIRequestContext, nom: string): Promise<void> {
  const data = { event_type: 'lead.created', payload: { id: '1', nom } };
  expect((await api.post('/api/webhooks/trigger', { data })).status()).toBe(202);
}

type Item = { id: string; status: string; in_flight: boolean; last_error_kind: string | null };

async function deliveries(api: APIRequestContext, webhookId: string): Promise<Item[]> {
  return (await (await api.get(`/api/deliveries?webhook_id=${webhookId}`)).json()).items;
}

const statuses = async (api: APIRequestContext, webhookId: string) =>
  (await deliveries(api, webhookId)).map(({ status }) => status).sort();

async function waitingFor(api: APIRequestContext, webhookId: string, count: number): Promise<string[]> {
  await expect.poll(() => statuses(api, webhookId)).toEqual(Array(count).fill('retrying'));
  return (await deliveries(api, webhookId)).map(({ id }) => id);
}

async function codeOf(response: { json(): Promise<{ code?: string }>; status(): number }) {
  return [response.status(), (await response.json()).code];
}

const jobOf = async (api: APIRequestContext, id: string) => (await api.get(`/api/jobs/${id}`)).json();

test.describe('the API', () => {
  test('cancels one delivery while it waits, and says why it cannot', async ({ request, receiver }) => {
    receiver.answer({ status: 500 });
    const webhook = await create(request, receiver.url);
    await trigger(request, 'un');
    const [id = ''] = await waitingFor(request, webhook, 1);
    const cancelled = await request.post(`/api/deliveries/${id}/cancel`);
    expect(await cancelled.json()).toMatchObject({ id, status: 'failed', last_error_kind: 'cancelled' });
    expect(await codeOf(await request.post(`/api/deliveries/${id}/cancel`))).toEqual([
      409,
      'delivery_not_waiting',
    ]);
    expect(await codeOf(await request.post(`/api/deliveries/${nowhere}/cancel`))).toEqual([
      404,
      'delivery_not_found',
    ]);

    receiver.answer({ instead: 'hang' });
    await request.post(`/api/deliveries/${id}/redeliver`);
    await receiver.waitFor(2);
    expect(await codeOf(await request.post(`/api/deliveries/${id}/cancel`))).toEqual([
      409,
      'delivery_in_flight',
    ]);
  });

  test('cancels a selection and says of each what became of it', async ({ request, receiver }) => {
    receiver.answer({ status: 500 });
    const webhook = await create(request, receiver.url);
    await trigger(request, 'un');
    await trigger(request, 'deux');
    const [first = '', second = ''] = await waitingFor(request, webhook, 2);
    await request.post(`/api/deliveries/${first}/cancel`);
    const answer = await request.post('/api/deliveries/cancel', { data: { ids: [first, second, nowhere] } });
    const results = new Map(
      (await answer.json()).map(({ id, result }: { id: string; result: string }) => [id, result]),
    );
    expect(results).toEqual(
      new Map([
        [first, 'not_waiting'],
        [second, 'cancelled'],
        [nowhere, 'not_found'],
      ]),
    );
    for (const ids of [[], Array(501).fill(nowhere), ['x']]) {
      const refused = await request.post('/api/deliveries/cancel', { data: { ids } });
      expect(await codeOf(refused)).toEqual([422, 'validation_failed']);
    }
  });

  test('cancels all of a webhook as a job; a replay brings none of it back', async ({
    request,
    receiver,
  }) => {
    const began = new Date().toISOString();
    receiver.answer({ status: 500 });
    const webhook = await create(request, receiver.url);
    for (const nom of ['un', 'deux', 'trois']) await trigger(request, nom);
    await waitingFor(request, webhook, 3);
    const asked = await request.post(`/api/webhooks/${webhook}/cancel`);
    expect(asked.status()).toBe(202);
    const job = await asked.json();
    expect(job).toMatchObject({ kind: 'cancel', webhook_id: webhook });
    await expect.poll(() => jobOf(request, job.id)).toMatchObject({ state: 'finished', done: 3, total: 3 });
    const ended = await deliveries(request, webhook);
    expect(ended.map(({ last_error_kind }) => last_error_kind)).toEqual(Array(3).fill('cancelled'));
    const { items } = await (await request.get('/api/jobs')).json();
    expect(items.map(({ id }: { id: string }) => id)).toContain(job.id);

    receiver.answer({ status: 200 });
    const range = { webhook_id: webhook, from: began };
    const counted = await request.post('/api/deliveries/replay', { data: { ...range, dry_run: true } });
    expect(await counted.json()).toEqual({ count: 0, capped: false });
    const replay = (await (await request.post('/api/deliveries/replay', { data: range })).json()).job;
    await expect.poll(() => jobOf(request, replay.id)).toMatchObject({ state: 'finished', done: 0 });
    expect(await statuses(request, webhook)).toEqual(['failed', 'failed', 'failed']);
    expect(receiver.requests).toHaveLength(3);
  });

  test('stops a job where it is, and knows no other', async ({ request, receiver }) => {
    receiver.answer({ instead: 'hang' });
    const webhook = await create(request, receiver.url, { timeout_ms: 30_000 });
    await trigger(request, 'un');
    await receiver.waitFor(1);
    // What is being sent ends as it ends: until then the job has something before it.
    const job = await (await request.post(`/api/webhooks/${webhook}/cancel`)).json();
    const stopped = await request.post(`/api/jobs/${job.id}/stop`);
    expect(await stopped.json()).toMatchObject({ id: job.id, state: 'stopped' });
    expect(await jobOf(request, job.id)).toMatchObject({ state: 'stopped' });
    for (const id of [nowhere, 'x']) {
      expect(await codeOf(await request.get(`/api/jobs/${id}`))).toEqual([404, 'job_not_found']);
      expect(await codeOf(await request.post(`/api/jobs/${id}/stop`))).toEqual([404, 'job_not_found']);
    }
    for (const path of [`/api/webhooks/${nowhere}/cancel`, '/api/webhooks/x/cancel']) {
      expect(await codeOf(await request.post(path))).toEqual([404, 'webhook_not_found']);
    }
  });

  test('deletes a webhook at once and ends what waited in the background', async ({ request, receiver }) => {
    receiver.answer({ status: 500 });
    const webhook = await create(request, receiver.url);
    await trigger(request, 'un');
    await waitingFor(request, webhook, 1);
    expect((await request.delete(`/api/webhooks/${webhook}`)).status()).toBe(204);
    expect((await request.get(`/api/webhooks/${webhook}`)).status()).toBe(404);
    expect((await request.delete(`/api/webhooks/${webhook}`)).status()).toBe(404);
    await expect
      .poll(async () => (await deliveries(request, webhook))[0])
      .toMatchObject({ status: 'failed', last_error_kind: 'webhook_deleted' });
  });

  test('lets nobody without the role near jobs and the queue', async ({ playwright, local, baseURL }) => {
    const stranger = await playwright.request.newContext({ baseURL, storageState: nobody });
    const asked = [
      stranger.get('/api/jobs'),
      stranger.get(`/api/jobs/${nowhere}`),
      stranger.post(`/api/jobs/${nowhere}/stop`),
      stranger.post(`/api/deliveries/${nowhere}/cancel`),
      stranger.post('/api/deliveries/cancel', { data: { ids: [nowhere] } }),
      stranger.post(`/api/webhooks/${nowhere}/cancel`),
    ];
    for (const response of await Promise.all(asked)) {
      expect(await codeOf(response)).toEqual([401, 'not_signed_in']);
    }
    await stranger.dispose();
    expect(local.url).toBe(baseURL);
  });
});

const rows = (page: Page) => page.locator('[data-row-link]');
const jobs = (page: Page) => page.getByRole('region', { name: 'Tâches en arrière-plan' });

test.describe('the console', () => {
  test('cancels one from its sheet, and a selection from the list', async ({ page, receiver }) => {
    receiver.answer({ status: 500 });
    const webhook = await create(page.request, receiver.url);
    for (const nom of ['un', 'deux', 'trois']) await trigger(page.request, nom);
    await waitingFor(page.request, webhook, 3);
    await page.goto(`/webhooks/${webhook}/deliveries`);
    await rows(page).first().click();
    const sheet = page.getByRole('dialog', { name: 'Livraison' });
    // What is read of the attempt brings a button of its own, which moves this one.
    await expect(sheet.getByRole('button', { name: 'Copier en curl' })).toBeVisible();
    await sheet.getByRole('button', { name: 'Annuler l’envoi' }).click();
    const question = page.getByRole('alertdialog');
    await question.getByRole('button', { name: 'Garder' }).click();
    await expect(question).toHaveCount(0);
    await sheet.getByRole('button', { name: 'Annuler l’envoi' }).click();
    await question.getByRole('button', { name: 'Annuler l’envoi' }).click();
    await expect(sheet.getByText('La livraison attendait et a été annulée.')).toBeVisible();
    await expect(sheet.getByRole('button', { name: 'Annuler l’envoi' })).toHaveCount(0);
    await page.keyboard.press('Escape');

    await page.getByRole('checkbox', { name: 'Tout sélectionner' }).click();
    const bar = page.getByRole('region', { name: 'Actions sur la sélection' });
    await bar.getByRole('button', { name: 'Annuler', exact: true }).click();
    await expect(question).toContainText('Annuler 2 livraisons');
    await question.getByRole('button', { name: 'Annuler les envois' }).click();
    await expect(page.getByText('2 envois annulés')).toBeVisible();
    await expect(page.getByText('1 n’attendait plus.')).toBeVisible();
    expect(await statuses(page.request, webhook)).toEqual(['failed', 'failed', 'failed']);
  });

  test('cancels all that waits with the number just read, and shows how far it is', async ({
    page,
    receiver,
  }) => {
    receiver.answer({ status: 500 });
    const webhook = await create(page.request, receiver.url);
    for (const nom of ['un', 'deux', 'trois']) await trigger(page.request, nom);
    await waitingFor(page.request, webhook, 3);
    await page.goto('/webhooks');
    const menu = page.getByRole('button', { name: 'Actions pour File' });
    await menu.click();
    await page.getByRole('menuitem', { name: 'Annuler ce qui attend…' }).click();
    const question = page.getByRole('alertdialog');
    await expect(question).toContainText('3 livraisons attendent en ce moment.');
    await question.getByRole('button', { name: 'Annuler les envois' }).click();
    await expect(jobs(page)).toContainText('Annulation des envois en attente · File');
    await expect(jobs(page)).toContainText('terminé, 3 livraisons');
    await expect
      .poll(() => statuses(page.request, webhook), { timeout: 20_000 })
      .toEqual(['failed', 'failed', 'failed']);

    // Where the number cannot be read, it is said to be unknown.
    await page.route('**/api/deliveries?*', (route) => route.abort());
    await menu.click();
    await page.getByRole('menuitem', { name: 'Annuler ce qui attend…' }).click();
    await expect(question).toContainText('Le nombre n’a pas pu être lu.');
  });

  test('claims no number beyond what was counted', async ({ page, receiver }) => {
    const webhook = await create(page.request, receiver.url);
    await trigger(page.request, 'un');
    await page.route('**/api/deliveries/replay', (route) =>
      route.fulfill({ json: { count: 10_000, capped: true } }),
    );
    await page.goto(`/webhooks/${webhook}/deliveries`);
    await page.getByRole('button', { name: 'Rejouer les échecs…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rejouer les échecs' });
    await expect(dialog.getByText(/au moins/).first()).toBeVisible();
    await expect(dialog.getByRole('button', { name: /^Rejouer au moins 10.000 livraisons$/ })).toBeEnabled();
  });

  test('stops a job that has something before it', async ({ page, receiver }) => {
    receiver.answer({ instead: 'hang' });
    const webhook = await create(page.request, receiver.url, { timeout_ms: 30_000 });
    await trigger(page.request, 'un');
    await receiver.waitFor(1);
    await page.request.post(`/api/webhooks/${webhook}/cancel`);
    await page.goto(`/webhooks/${webhook}`);
    await jobs(page).getByRole('button', { name: 'Arrêter : Annulation des envois en attente' }).click();
    await expect(jobs(page)).toContainText('arrêté après 0 livraison');
    await expect(jobs(page).getByRole('button')).toHaveCount(0);
  });

  test('shows what a script dropped as skipped: neither failed nor to be replayed', async ({
    page,
    receiver,
  }) => {
    const webhook = await create(page.request, receiver.url, {
      transform_enabled: true,
      transform_script: "return payload.nom === 'rien' ? null : payload;",
    });
    await trigger(page.request, 'rien');
    await trigger(page.request, 'tout');
    await expect.poll(() => statuses(page.request, webhook)).toEqual(['skipped', 'success']);
    expect(receiver.requests).toHaveLength(1);

    await page.goto(`/webhooks/${webhook}/deliveries`);
    await expect(page.getByRole('row', { name: /Ignorée/ })).toHaveCount(1);
    await page.getByRole('radio', { name: 'Ignorées' }).click();
    await expect(page).toHaveURL(/status=skipped/);
    await expect(rows(page)).toHaveCount(1);
    await rows(page).first().click();
    const sheet = page.getByRole('dialog', { name: 'Livraison' });
    await expect(sheet.getByText('Ignorée par le script')).toBeVisible();
    await expect(sheet.getByText('le script a rendu null', { exact: true })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.getByRole('radio', { name: 'Échouées' }).click();
    await expect(page.getByText('Aucun échec')).toBeVisible();
    await page.getByRole('button', { name: 'Rejouer les échecs…' }).click();
    await expect(page.getByText('Aucun échec à rejouer depuis cette date.')).toBeVisible();

    await page.goto(`/webhooks/${webhook}`);
    await expect(page.getByText('100 %').first()).toBeVisible();
  });

  test('says that a receiver asked us to wait, and until when', async ({ page, receiver }) => {
    receiver.answer({ status: 429, headers: { 'retry-after': '120' } });
    const webhook = await create(page.request, receiver.url);
    await trigger(page.request, 'un');
    await waitingFor(page.request, webhook, 1);
    await page.goto(`/webhooks/${webhook}/deliveries`);
    await expect(page.getByText(/Le récepteur demande d’attendre \(429\) jusqu’à/)).toBeVisible();
    await rows(page).first().click();
    const sheet = page.getByRole('dialog', { name: 'Livraison' });
    await expect(sheet.getByText('Le récepteur a demandé d’attendre jusque-là (429)')).toBeVisible();
    await expect(sheet.getByRole('heading', { name: 'Trop de demandes' })).toBeVisible();
  });

  test('tells a refusal from an outage', async ({ page, receiver }) => {
    receiver.script([{ status: 422 }, { status: 503 }]);
    const webhook = await create(page.request, receiver.url, { max_in_flight: 1, retry_enabled: false });
    await trigger(page.request, 'refus');
    await expect.poll(() => statuses(page.request, webhook)).toEqual(['failed']);
    await trigger(page.request, 'panne');
    await expect.poll(() => statuses(page.request, webhook)).toEqual(['failed', 'failed']);
    await page.goto(`/webhooks/${webhook}/deliveries`);
    const sheet = page.getByRole('dialog', { name: 'Livraison' });
    await rows(page).last().click();
    await expect(sheet.getByText(/Le récepteur a refusé cette requête, mais il répond/)).toBeVisible();
    await page.keyboard.press('ArrowLeft');
    await expect(sheet.getByText(/C’est une panne/)).toBeVisible();
  });

  test('a 410 to a test does not say that the webhook was switched off', async ({ page, receiver }) => {
    receiver.answer({ status: 410 });
    const webhook = await create(page.request, receiver.url);
    await page.goto(`/webhooks/${webhook}`);
    await page.getByRole('button', { name: 'Tester', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Envoyer le test' }).click();
    await expect(dialog.getByText(/a répondu 410/).first()).toBeVisible();
    await expect(dialog.getByText('Le webhook a été désactivé')).toHaveCount(0);
    expect(await (await page.request.get(`/api/webhooks/${webhook}`)).json()).toMatchObject({
      status: 'active',
    });
  });

  test('the form keeps whether a refusal is tried again', async ({ page, receiver }) => {
    const webhook = await create(page.request, receiver.url);
    await page.goto(`/webhooks/${webhook}/settings`);
    const refusals = page.getByRole('switch', { name: 'Réessayer aussi après un refus (4xx)' });
    await expect(refusals).toBeChecked();
    await refusals.click();
    await page.getByRole('button', { name: 'Enregistrer' }).click();
    await expect(page.getByText('Réglages enregistrés.')).toBeVisible();
    await page.reload();
    await expect(refusals).not.toBeChecked();
    expect(await (await page.request.get(`/api/webhooks/${webhook}`)).json()).toMatchObject({
      retry_refusals: false,
    });
  });
});
