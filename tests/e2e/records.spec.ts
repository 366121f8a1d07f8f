import { expect } from '@playwright/test';
import { accessibilityFaults } from '../support/axe.ts';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * A record, found by its name from anywhere: what it is now, what belongs to it, what was sent of it.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

test('a lead is found by its name in the palette, with its data, its appointments and its files', async ({
  page,
}) => {
  const api = page.request;
  const nom = `Lefèvre${crypto.randomUUID().slice(0, 6)}`;
  const lead = await (
    await api.post('/api/crm/leads', { data: { nom, prenom: 'Chloé', telephone: '+33612345678' } })
  ).json();
  const debut = new Date(Date.now() + 3_600_000).toISOString();
  const fin = new Date(Date.now() + 7_200_000).toISOString();
  const visit = await api.post('/api/crm/appointments', {
    data: { titre: 'Visite du chantier', debut, fin, lead_id: lead.id },
  });
  expect(visit.status(), await visit.text()).toBe(201);
  const file = await api.post(`/api/crm/files?nom=plan.pdf&type_mime=application/pdf&lead_id=${lead.id}`, {
    headers: { 'content-type': 'application/octet-stream' },
    data: Buffer.from('plan'),
  });
  expect(file.status()).toBe(201);

  await page.goto('/webhooks');
  await page.keyboard.press('ControlOrMeta+k');
  await page
    .getByRole('dialog')
    .getByRole('combobox')
    .fill(`chloe ${nom.toLowerCase().replace('è', 'e')}`);
  await page.getByRole('option', { name: `Chloé ${nom} · Leads` }).click();
  await expect(page).toHaveURL(new RegExp(`/records/${lead.id}$`));
  await expect(page.getByRole('heading', { level: 1, name: `Chloé ${nom}` })).toBeVisible();
  const data = page.getByRole('region', { name: 'Données actuelles' });
  await expect(data).toContainText('de la table crm_leads');
  await expect(data).toContainText(/telephone\s*\+33612345678/);
  await expect(page.getByRole('listitem').filter({ hasText: 'Fichiers · plan.pdf' })).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);

  await page.getByRole('link', { name: 'Visite du chantier' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Visite du chantier' })).toBeVisible();
  await expect(page.getByText('Se rapporte à')).toBeVisible();
  await page.getByRole('link', { name: `Chloé ${nom}` }).click();
  await expect(page.getByRole('heading', { level: 1, name: `Chloé ${nom}` })).toBeVisible();

  // What it is now, not what an event said.
  await api.patch(`/api/crm/leads/${lead.id}`, { data: { prenom: 'Inès' } });
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: `Inès ${nom}` })).toBeVisible();
  expect((await api.delete(`/api/crm/leads/${lead.id}`)).status()).toBe(204);
  await page.reload();
  await expect(page.getByRole('region', { name: 'Données actuelles' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: /lead\.deleted/ })).toBeVisible();
});
