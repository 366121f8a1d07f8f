import { type APIRequestContext, expect, type Page } from '@playwright/test';
import { accessibilityFaults } from '../support/axe.ts';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/*
 * Why did the partner not get Chloé Lefèvre? The record's page says it of each webhook, two steps from anywhere.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

const chloe = { id: 'lead-chloé/1 %', prenom: 'Chloé', nom: 'Lefèvre', statut: 'nouveau' };

async function create(api: APIRequestContext, name: string, url: string, fields: object = {}) {
  const data = { name, url, events: ['lead.created'], retry_enabled: false, ...fields };
  const response = await api.post('/api/webhooks', { data });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).id as string;
}

async function trigger(api: APIRequestContext, payload: object, event_type = 'lead.created') {
  const response = await api.post('/api/webhooks/trigger', { data: { event_type, payload } });
  expect(response.status(), await response.text()).toBe(202);
}

const outcome = (page: Page, name: string) =>
  page
    .getByRole('list', { name: 'Ce que chaque webhook en a fait' })
    .getByRole('listitem')
    .filter({ has: page.getByRole('link', { name, exact: true }) });

test('says of each webhook what it got of a record, or why it did not', async ({ page, receiver }) => {
  const api = page.request;
  receiver.answer(({ headers }) => ({ status: headers['x-refuse'] ? 400 : 200 }));
  await create(api, 'Reçoit', `${receiver.url}/ok`);
  await create(api, 'Refuse', `${receiver.url}/ok`, { headers: { 'x-refuse': 'yes' } });
  await create(api, 'Autre type', `${receiver.url}/ok`, { events: ['file.uploaded'] });
  await create(api, 'Inactif', `${receiver.url}/ok`, { status: 'inactive' });
  await create(api, 'Condition', `${receiver.url}/ok`, {
    conditions: [{ field: 'statut', operator: 'is', value: 'gagne' }],
  });
  await create(api, 'Script', `${receiver.url}/ok`, {
    transform_enabled: true,
    transform_script: 'return null;',
  });
  await create(api, 'Lent', `${receiver.url}/ok`, { events: ['lead.updated'], coalesce_seconds: 300 });
  await trigger(
    api,
    { id: chloe.id, changes: { statut: 'nouveau' }, previous: { statut: 'x' } },
    'lead.updated',
  );
  await trigger(api, chloe);
  await receiver.waitFor(2, 20_000);
  await create(api, 'Plus tard', `${receiver.url}/ok`);

  await page.goto('/deliveries');
  await page.getByRole('row').filter({ hasText: 'Chloé Lefèvre' }).first().getByRole('link').first().click();
  await page.getByRole('link', { name: 'Tous les envois de cette fiche' }).click();
  await expect(page.getByRole('heading', { name: 'Chloé Lefèvre', level: 1 })).toBeVisible();
  await expect(outcome(page, 'Reçoit')).toContainText('Réussie');
  await expect(outcome(page, 'Refuse')).toContainText(/Échouée.*400.*Contenu refusé/s);
  await expect(outcome(page, 'Autre type')).toContainText('n’écoute pas ce type d’événement');
  await expect(outcome(page, 'Inactif')).toContainText('était inactif à ce moment');
  await expect(outcome(page, 'Condition')).toContainText('écarté par une condition');
  await expect(outcome(page, 'Script')).toContainText(/Ignorée.*le script n’avait rien à envoyer/s);
  await expect(outcome(page, 'Plus tard')).toContainText(
    /a été créé plus tard.*Ses réglages actuels le demandent/s,
  );
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('button', { name: /lead\.updated/ }).click();
  await expect(outcome(page, 'Lent')).toContainText('En attente');
  await page.getByRole('link', { name: 'Voir la livraison de Lent' }).click();
  await expect(page.getByRole('dialog')).toContainText(chloe.id);
});

test('says what was out of date, what came of the webhook’s own account, and what was erased', async ({
  page,
  receiver,
}) => {
  const api = page.request;
  const id = crypto.randomUUID();
  // The first state is refused once, and a newer one is taken before it is tried again.
  receiver.answer(({ body }) => ({ status: String(body).includes('Ancienne') ? 500 : 200 }));
  await create(api, 'Dépassé', `${receiver.url}/ok`, {
    stale_retries: 'skip',
    retry_enabled: true,
    retry_delay: 3,
  });
  const origin = await create(api, 'Auteur', `${receiver.url}/ok`, { skip_own_changes: true });
  await create(api, 'Filtrant', `${receiver.url}/ok`, {
    conditions: [{ field: 'nom', operator: 'is', value: 'Personne' }],
  });
  await trigger(api, { id, nom: 'Ancienne', prenom: 'Inès' });
  await receiver.waitFor(2, 20_000);
  const own = await api.post('/api/webhooks/trigger', {
    data: { event_type: 'lead.created', payload: { id, nom: 'Nouvelle', prenom: 'Inès' } },
    headers: { 'X-DevLink-Origin': origin },
  });
  expect(own.status(), await own.text()).toBe(202);

  await page.goto(`/records/${id}`);
  await expect(outcome(page, 'Auteur')).toContainText('le changement venait de lui');
  await expect(outcome(page, 'Dépassé')).toContainText('Réussie');
  await page
    .getByRole('button', { name: /lead\.created/ })
    .nth(1)
    .click();
  await expect(outcome(page, 'Dépassé')).toContainText(/Ignorée.*Dépassée/s);

  await page.getByRole('button', { name: 'Effacer les données' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('Ce que les récepteurs ont déjà reçu est chez eux');
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Effacer pour toujours' }).click();
  // Both, and what the system told of the one that was refused.
  await expect(page.getByText('3 événements effacés.')).toBeVisible();
  await create(api, 'Venu après', `${receiver.url}/ok`, {
    conditions: [{ field: 'nom', operator: 'is', value: 'Nouvelle' }],
  });
  await page.reload();
  await expect(page.getByRole('heading', { name: id, level: 1 })).toBeVisible();
  await expect(page.getByText('Inès')).toHaveCount(0);
  await expect(outcome(page, 'Venu après')).toContainText('a été créé plus tard');
  await expect(outcome(page, 'Filtrant')).toContainText('les données ont été effacées');
});

test('is reached from the lead, and says when there is nothing', async ({ page }) => {
  const created = await page.request.post('/api/crm/leads', { data: { nom: 'Sansécoute' } });
  const { id } = await created.json();
  await page.goto('/leads');
  await page.getByRole('button', { name: 'Actions pour Sansécoute' }).click();
  await page.getByRole('menuitem', { name: 'Envois de cette fiche' }).click();
  await expect(page).toHaveURL(new RegExp(id));
  await expect(page.getByText('personne n’écoutait')).toBeVisible();
  await expect(page.getByText('Il n’y a aucun webhook.')).toBeVisible();
  await page.goto('/records/jamais%20vu');
  await expect(page.getByRole('heading', { name: 'jamais vu', level: 1 })).toBeVisible();
  await expect(page.getByText('Aucun événement de cette fiche')).toBeVisible();
});

test('the journal lists what happened, and what nobody got', async ({ page, receiver }) => {
  await create(page.request, 'Écoute', `${receiver.url}/ok`);
  // Other tests have left events that nobody got.
  await trigger(page.request, { ...chloe, prenom: 'Zélie' });
  await trigger(page.request, { id: '2', nom: 'Seul' }, 'lead.deleted');
  await page.goto('/events');
  await page.getByRole('link', { name: 'Journal', exact: true }).click();
  const events = page.getByRole('listitem').filter({ has: page.getByRole('button') });
  await expect(events.first()).toContainText(
    /lead\.deleted.*Seul.*déclenché par du code.*personne n’écoutait/s,
  );
  await expect(events.nth(1)).toContainText(/lead\.created.*Zélie Lefèvre.*1 livraison/s);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('radio', { name: 'Que personne n’a reçus' }).click();
  await expect(page.getByRole('button', { name: /Zélie/ })).toHaveCount(0);
  await expect(events.first()).toContainText('lead.deleted');
  // The address follows what is chosen a moment later.
  await expect(page).toHaveURL(/unheard=true/);
  await page.reload();
  await expect(page.getByRole('button', { name: /Zélie/ })).toHaveCount(0);
  await expect(events.first()).toContainText('lead.deleted');
});

test('the journal is narrowed by a period, and by any type that is registered', async ({ page }) => {
  const name = `k${crypto.randomUUID().slice(0, 8)}.done`;
  const made = await page.request.post('/api/event-types', { data: { name } });
  expect(made.status(), await made.text()).toBe(201);
  await trigger(page.request, { id: '1' }, name);
  await trigger(page.request, { id: '2', nom: 'Hors sujet' }, 'lead.deleted');
  await page.goto('/events/journal');
  await page.getByRole('combobox', { name: 'Type d’événement' }).click();
  await page.getByRole('option', { name }).click();
  const events = page.getByRole('listitem').filter({ has: page.getByRole('button') });
  await expect(events).toHaveCount(1);
  await expect(events.first()).toContainText(name);
  await page.getByRole('combobox', { name: 'Période' }).click();
  await page.getByRole('option', { name: 'Dernière heure' }).click();
  await expect(events).toHaveCount(1);
  await page.getByRole('combobox', { name: 'Période' }).click();
  await page.getByRole('option', { name: 'Période choisie…' }).click();
  await page.getByLabel('Au', { exact: true }).fill('2020-01-01T00:00');
  await page.getByLabel('Du', { exact: true }).fill('2019-01-01T00:00');
  await expect(page.getByText('Aucun événement', { exact: true })).toBeVisible();
  await expect(page).toHaveURL(/to=2019-12-31T23/);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.reload();
  await expect(page.getByText('Aucun événement', { exact: true })).toBeVisible();
});

test('from anywhere, in two steps: the name in the palette, and why each webhook did not get it', async ({
  page,
  receiver,
}) => {
  const api = page.request;
  const nom = `Lefèvre${crypto.randomUUID().slice(0, 6)}`;
  const lead = { ...chloe, id: crypto.randomUUID(), nom };
  const updated = ['lead.updated'];
  receiver.answer(({ headers }) => ({ status: Number(headers['x-answer'] ?? 200) }));
  const url = `${receiver.url}/ok`;
  await create(api, 'Autre type', url, { events: ['file.uploaded'] });
  await create(api, 'Condition', url, { conditions: [{ field: 'statut', operator: 'is', value: 'perdu' }] });
  await create(api, 'Inactif', url, { status: 'inactive' });
  await create(api, 'Script', url, { transform_enabled: true, transform_script: 'return null;' });
  await create(api, 'Échoue', url, { headers: { 'x-answer': '400' } });
  await create(api, 'Attend', url, {
    headers: { 'x-answer': '500' },
    retry_enabled: true,
    retry_delay: 3600,
  });
  await create(api, 'Réunit', url, { events: updated, coalesce_seconds: 300 });
  const suspended = await create(api, 'Suspendu', url, { events: updated, coalesce_seconds: 300 });
  for (const telephone of ['+33611111111', '+33622222222']) {
    await trigger(
      api,
      { id: lead.id, changes: { telephone }, previous: { telephone: null } },
      'lead.updated',
    );
  }
  await api.patch(`/api/webhooks/${suspended}`, { data: { status: 'inactive' } });
  await trigger(api, lead);
  await receiver.waitFor(2, 20_000);

  await page.goto('/playground');
  await page.keyboard.press('ControlOrMeta+k');
  await page.getByRole('dialog').getByRole('combobox').fill(`chloé ${nom}`);
  await page.getByRole('option', { name: `Chloé ${nom} · Leads` }).click();
  await expect(page.getByRole('heading', { name: `Chloé ${nom}`, level: 1 })).toBeVisible();
  await expect(outcome(page, 'Autre type')).toContainText('n’écoute pas ce type d’événement');
  await expect(outcome(page, 'Condition')).toContainText('écarté par une condition');
  await expect(outcome(page, 'Inactif')).toContainText('était inactif à ce moment');
  await expect(outcome(page, 'Script')).toContainText(/Ignorée.*le script n’avait rien à envoyer/s);
  await expect(outcome(page, 'Échoue')).toContainText(/Échouée.*400/s);
  await expect(outcome(page, 'Attend')).toContainText(/nouvel essai.*500/s);
  expect(await accessibilityFaults(page)).toEqual([]);

  // Both changes lead to the delivery that brings them as one.
  for (const nth of [0, 1]) {
    await page
      .getByRole('button', { name: /lead\.updated/ })
      .nth(nth)
      .click();
    await expect(outcome(page, 'Réunit')).toContainText('2 modifications réunies en une livraison');
    await expect(outcome(page, 'Suspendu')).toContainText('Webhook inactif');
  }
  expect(await accessibilityFaults(page)).toEqual([]);
});
