import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type APIRequestContext, expect } from '@playwright/test';
import { accessibilityFaults } from '../support/axe.ts';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/* What a webhook had of what happened, in figures that add up; and sending it what it never had. */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

async function trigger(api: APIRequestContext, payload: object, event_type = 'file.uploaded') {
  const response = await api.post('/api/webhooks/trigger', { data: { event_type, payload } });
  expect(response.status(), await response.text()).toBe(202);
}

test('the figures add up, and what a webhook never had is sent to it, once', async ({ page, receiver }) => {
  receiver.answer((request) => ({ status: String(request.body).includes('refusé') ? 400 : 200 }));
  await page.goto('/events');
  for (const nom of ['avant 1', 'avant 2']) await trigger(page.request, { id: nom, nom });
  const created = await page.request.post('/api/webhooks', {
    data: {
      name: 'Rapproché',
      url: `${receiver.url}/r`,
      events: ['file.uploaded'],
      retry_enabled: false,
      conditions: [{ field: 'nom', operator: 'is_not', value: 'écarté' }],
    },
  });
  expect(created.status(), await created.text()).toBe(201);
  const { id } = await created.json();
  for (const nom of ['livré', 'refusé', 'écarté']) await trigger(page.request, { id: nom, nom });
  await receiver.waitFor(2, 20_000);

  await page.goto(`/webhooks/${id}`);
  await page.getByRole('link', { name: 'Rapprochement', exact: true }).click();
  const row = page.getByRole('row').filter({ hasText: 'file.uploaded' });
  const figures = async () => {
    const cells = (await row.getByRole('cell').allInnerTexts()).slice(-7).map(Number);
    return { happened: cells[0], sum: cells.slice(1).reduce((sum, n) => sum + n, 0), cells };
  };
  await expect(row).toBeVisible();
  const before = await figures();
  expect(before.sum).toBe(before.happened);
  expect(before.cells.slice(1)).toMatchObject([1, 0, 1, 0, 1, before.cells[6]]);
  expect(before.cells[6]).toBeGreaterThanOrEqual(2);
  expect(await accessibilityFaults(page)).toEqual([]);

  await page.getByRole('button', { name: /^Envoyer \d+ événements qui manquent$/ }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('Les échecs n’en font pas partie');
  await expect(dialog).toContainText(`Il lui manque ${before.cells[6]} événements.`);
  await dialog.getByRole('button', { name: 'Envoyer', exact: true }).click();
  await receiver.waitFor(2 + (before.cells[6] ?? 0), 30_000);
  await expect(page.getByText('Rien ne manque à ce webhook sur cette période.')).toBeVisible({
    timeout: 30_000,
  });
  const names = receiver.requests.map((request) => JSON.parse(String(request.body)).payload.nom);
  expect(names.filter((nom) => nom === 'avant 1')).toHaveLength(1);
  expect(names).not.toContain('écarté');
  const after = await figures();
  expect(after.sum).toBe(after.happened);

  const manifest = page.getByRole('region', { name: 'Manifeste' });
  const [download] = await Promise.all([page.waitForEvent('download'), manifest.getByRole('link').click()]);
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\r\n')
    .slice(1);
  const taken = receiver.requests.filter(({ body }) => !String(body).includes('refusé'));
  const told = taken.map(
    ({ headers, body }) =>
      `${headers['x-webhook-delivery-id']} ${createHash('sha256').update(String(body)).digest('hex')}`,
  );
  expect(lines.map((line) => `${line.split(',')[0]} ${line.split(',').at(-1)}`).sort()).toEqual(told.sort());

  await row.getByRole('link').first().click();
  await expect(page).toHaveURL(/deliveries\?status=success/);
  await expect(page.getByRole('row').nth(1)).toBeVisible();
});

test('a webhook is told of the rows that were there before it, with their number asked for then', async ({
  page,
  receiver,
}) => {
  for (const nom of ['Lefèvre', 'Martin']) {
    const response = await page.request.post('/api/crm/leads', { data: { nom } });
    expect(response.status(), await response.text()).toBe(201);
  }
  const created = await page.request.post('/api/webhooks', {
    data: {
      name: 'Nouveau venu',
      url: `${receiver.url}/r`,
      events: ['lead.created'],
      conditions: [{ field: 'nom', operator: 'is', value: 'Lefèvre' }],
    },
  });
  expect(created.status(), await created.text()).toBe(201);
  const { id } = await created.json();
  await page.goto(`/webhooks/${id}/reconciliation`);
  await page.getByRole('button', { name: /^Envoyer ses lignes.*crm_leads$/ }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog.getByText(/La table a (\d|\s)+ lignes\./)).toBeVisible();
  await expect(dialog).toContainText('Les autres webhooks ne reçoivent rien');
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Envoyer', exact: true }).click();
  await expect(page.getByText('Reprise de l’existant').first()).toBeVisible();
  await receiver.waitFor(1, 30_000);
  await expect(page.getByText(/terminé, .* lignes?/).first()).toBeVisible({ timeout: 30_000 });
  for (const { headers, body } of receiver.requests) {
    expect(headers['x-webhook-origin']).toBe('backfill');
    expect(JSON.parse(String(body))).toMatchObject({
      event_type: 'lead.created',
      payload: { nom: 'Lefèvre' },
    });
  }
});
