import { expect, type Page } from '@playwright/test';
import { grantRole, signUp } from '../../scripts/stack/api/accounts.ts';
import { loadSecrets } from '../../scripts/stack/api/secrets.ts';
import { signedInTest as test } from '../support/e2e.ts';
import { sampleData } from '../support/pages.ts';
import { deleteAllWebhooks, nobody } from '../support/session.ts';

/*
 * What a page shows comes with its first response; whom it is not for lands elsewhere; what is not there is said in the shell.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

/** A browser in which nothing can be asked for once the page is there. Collects what React takes up otherwise than drawn. */
async function withoutApi(page: Page): Promise<string[]> {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (line) => {
    if (line.type() === 'error' && !line.text().includes('Failed to load resource')) faults.push(line.text());
  });
  await page.route('**/api/**', (route) => route.abort());
  // What the server draws with hours needs the person's time zone, which the first page of all tells it.
  await page.goto('/login');
  const told = async () => (await page.context().cookies()).map(({ name }) => name);
  await expect.poll(told).toContain('devlink_time_zone');
  return faults;
}

test('each page shows its content without asking for anything', async ({ page, receiver }) => {
  const { webhookId, deliveryId } = await sampleData(page.request, receiver.url);
  const lead = { nom: 'Durand', prenom: 'Claire' };
  expect((await page.request.post('/api/crm/leads', { data: lead })).status()).toBe(201);
  const start = Date.now() + 3_600_000;
  const appointment = {
    titre: 'Visite du chantier',
    debut: new Date(start).toISOString(),
    fin: new Date(start + 3_600_000).toISOString(),
  };
  expect((await page.request.post('/api/crm/appointments', { data: appointment })).status()).toBe(201);
  const file = await page.request.post('/api/crm/files?nom=plan.pdf&type_mime=application/pdf', {
    headers: { 'content-type': 'application/octet-stream' },
    data: Buffer.from('plan'),
  });
  expect(file.status()).toBe(201);
  const inbox = await page.request.post('/api/playground/inboxes', { data: { name: 'Boîte du banc' } });
  const { id: inboxId } = await inbox.json();

  const shown: [path: string, text: string][] = [
    ['/webhooks', 'Comptabilité'],
    ['/webhooks?q=compta', 'Comptabilité'],
    [`/webhooks/${webhookId}`, receiver.url],
    [`/webhooks/${webhookId}/deliveries`, 'lead.created'],
    [`/webhooks/${webhookId}/deliveries?status=success`, 'webhook.test'],
    [`/webhooks/${webhookId}/transformation`, 'Enregistrer'],
    [`/webhooks/${webhookId}/ready`, 'Comptabilité'],
    [`/webhooks/new?from=${webhookId}`, 'Nouveau Webhook'],
    ['/deliveries', 'Comptabilité'],
    [`/deliveries/${deliveryId}`, 'webhook.test'],
    ['/events', 'lead.created'],
    [`/playground?inbox=${inboxId}`, 'Boîte du banc'],
    ['/leads', 'Claire Durand'],
    ['/appointments', 'Visite du chantier'],
    ['/files', 'plan.pdf'],
  ];
  const faults = await withoutApi(page);
  for (const [path, text] of shown) {
    const answer = await page.goto(path);
    // In the document itself, before any script; an opened delivery is drawn over it by the browser.
    if (!path.includes(deliveryId)) expect((await answer?.text())?.includes(text), path).toBe(true);
    await expect(page.getByText(text).first(), path).toBeVisible();
    await expect(page.locator('main [data-skeleton]').first(), path).toBeHidden();
    await expect(page.getByRole('alert').filter({ hasText: /joignable|Réessayer/ }), path).toHaveCount(0);
  }
  expect(faults).toEqual([]);
  await page.unroute('**/api/**');
});

test('the hours of another time zone are drawn by the server as the browser has them', async ({
  browser,
  adminSession,
  page,
}) => {
  const appointment = { titre: 'Altitude', debut: '2027-03-01T10:00:00Z', fin: '2027-03-01T10:30:00Z' };
  expect((await page.request.post('/api/crm/appointments', { data: appointment })).status()).toBe(201);
  const context = await browser.newContext({
    storageState: adminSession,
    timezoneId: 'Asia/Kathmandu',
    locale: 'fr-FR',
  });
  const elsewhere = await context.newPage();
  const faults = await withoutApi(elsewhere);
  const answer = await elsewhere.goto('/appointments');
  expect(await answer?.text()).toContain('15:45');
  await expect(elsewhere.getByText(/15:45/).first()).toBeVisible();
  expect(faults).toEqual([]);
  await context.close();
});

test('a member lands on what is theirs, and is told what is not', async ({ browser, local, dataDir }) => {
  const account = { email: `${crypto.randomUUID()}@example.fr`, password: 'un-mot-de-passe-long' };
  await signUp(local.database_url ?? '', await loadSecrets(dataDir), account);
  await grantRole(local.database_url ?? '', account.email, 'member');
  const context = await browser.newContext({ storageState: nobody, locale: 'fr-FR' });
  const page = await context.newPage();
  await page.goto('/');
  await page.getByLabel('Adresse e-mail').fill(account.email);
  await page.getByLabel('Mot de passe').fill(account.password);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/leads$/);
  await expect(page.getByRole('heading', { level: 1, name: 'Leads' })).toBeVisible();
  const places = page.getByRole('navigation').first();
  await expect(places.getByRole('link', { name: 'Rendez-vous' })).toBeVisible();
  await expect(places.getByRole('link', { name: 'Webhooks' })).toHaveCount(0);
  for (const path of ['/deliveries', '/playground', '/webhooks/new']) {
    await page.goto(path);
    await expect(page.getByRole('alert').first()).toBeVisible();
    await expect(page.getByRole('main').getByRole('link')).toHaveAttribute('href', '/leads');
  }
  await context.close();
});

test('what is not there is said in the shell, with 404', async ({ page }) => {
  const unknown = '019b0000-0000-7000-8000-000000000000';
  for (const path of [
    '/nulle-part',
    '/webhooks/rien',
    `/webhooks/${unknown}`,
    `/webhooks/${unknown}/settings`,
    `/webhooks/${unknown}/ready`,
    `/webhooks/new?from=${unknown}`,
  ]) {
    const answer = await page.goto(path);
    expect([path, answer?.status()]).toEqual([path, 404]);
    await expect(page.getByRole('navigation').first().getByRole('link', { name: 'Webhooks' })).toBeVisible();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  }
});
