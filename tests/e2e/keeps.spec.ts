import { type APIRequestContext, expect, type Page } from '@playwright/test';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks, signIn } from '../support/session.ts';

/*
 * What is typed is kept: in every form, whatever the way out of it, whatever the server answers, after a crash of the
 * tab, after the session, and before the page is ready.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

async function create(api: APIRequestContext, url: string, fields: object = {}) {
  const data = { name: 'Gardé', url, events: ['lead.created'], ...fields };
  const response = await api.post('/api/webhooks', { data });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()) as { id: string; version: string };
}

const nameField = (page: Page) => page.getByLabel('Nom', { exact: true });
const script = (page: Page) => page.getByRole('textbox', { name: 'Script de transformation' });
const leaveDialog = (page: Page) => page.getByRole('alertdialog', { name: /Quitter sans enregistrer/ });
const offer = (page: Page) => page.getByText(/Texte non enregistré/);
const take = (page: Page) => page.getByRole('button', { name: 'Reprendre', exact: true }).click();
const answerOf = async (api: APIRequestContext, id: string) => (await api.get(`/api/webhooks/${id}`)).json();

/** As a tab that crashes: nothing of the page runs any more, and nobody is asked. */
async function crash(page: Page): Promise<Page> {
  const next = await page.context().newPage();
  await page.close({ runBeforeUnload: false });
  return next;
}

async function writeScript(page: Page, text: string): Promise<void> {
  await script(page).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(text);
}

test.describe('a draft', () => {
  test('of settings is offered after a crash, with its time, and without what may be a secret', async ({
    page,
    receiver,
  }) => {
    const { id } = await create(page.request, receiver.url, { headers: { 'X-Jeton': 'secret-1' } });
    await page.goto(`/webhooks/${id}/settings`);
    await nameField(page).fill('Presque perdu');
    await page.getByLabel('Valeur de l’en-tête 1').fill('secret-2');
    await page.getByRole('button', { name: 'Ajouter un en-tête' }).click();
    await page.getByLabel('Nom de l’en-tête 2').fill('X-Autre');
    const kept = await page.evaluate(() => JSON.stringify(localStorage));
    expect(kept).toContain('Presque perdu');
    expect(kept).not.toContain('secret-');

    const next = await crash(page);
    await next.goto(`/webhooks/${id}/settings`);
    await expect(offer(next)).toBeVisible();
    await expect(next.getByText(/Ce qui est enregistré a changé/)).toHaveCount(0);
    await expect(next.getByText(/Les valeurs des en-têtes n’y sont pas/)).toBeVisible();
    await expect(nameField(next)).toHaveValue('Gardé');
    await take(next);
    await expect(nameField(next)).toHaveValue('Presque perdu');
    await expect(next.getByLabel('Valeur de l’en-tête 1')).toHaveValue('secret-1');
    await expect(next.getByLabel('Nom de l’en-tête 2')).toHaveValue('X-Autre');
    await expect(next.getByText('Modifié', { exact: true })).toBeVisible();
    await next.getByRole('button', { name: 'Retirer l’en-tête 2' }).click();
    await next.keyboard.press('ControlOrMeta+s');
    await expect(next.getByText('Réglages enregistrés.')).toBeVisible();
    expect(await answerOf(next.request, id)).toMatchObject({
      name: 'Presque perdu',
      headers: { 'X-Jeton': 'secret-1' },
    });
    // What is saved is no draft any more.
    await next.reload();
    await expect(nameField(next)).toHaveValue('Presque perdu');
    await expect(offer(next)).toHaveCount(0);
  });

  test('says that what is stored changed since, and is not saved over it unasked', async ({
    page,
    receiver,
  }) => {
    const { id } = await create(page.request, receiver.url);
    await page.goto(`/webhooks/${id}/settings`);
    await nameField(page).fill('Le mien');
    const next = await crash(page);
    await next.request.patch(`/api/webhooks/${id}`, { data: { name: 'Le leur', max_retries: 7 } });
    await next.goto(`/webhooks/${id}/settings`);
    await expect(next.getByText(/Ce qui est enregistré a changé depuis/)).toBeVisible();
    await take(next);
    await next.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    const dialog = next.getByRole('dialog', { name: /Enregistré entre-temps/ });
    await expect(dialog.getByText('Le leur', { exact: true })).toBeVisible();
    await dialog.getByRole('button', { name: 'Enregistrer ces choix' }).click();
    await expect(next.getByText('Réglages enregistrés.')).toBeVisible();
    expect(await answerOf(next.request, id)).toMatchObject({ name: 'Le mien', max_retries: 7 });
  });

  test('of a new webhook and of a script is offered too; refused, it is gone', async ({ page, receiver }) => {
    const { id } = await create(page.request, receiver.url);
    await page.goto('/webhooks/new');
    await nameField(page).fill('Nouveau');
    let next = await crash(page);
    await next.goto('/webhooks/new');
    await expect(offer(next)).toBeVisible();
    await next.getByRole('button', { name: 'Abandonner' }).click();
    await next.reload();
    await expect(nameField(next)).toBeVisible();
    await expect(offer(next)).toHaveCount(0);

    await next.goto(`/webhooks/${id}/transformation`);
    await writeScript(next, 'return { presque: "perdu" };');
    next = await crash(next);
    await next.goto(`/webhooks/${id}/transformation`);
    await take(next);
    await expect(script(next)).toContainText('presque');
    await next.getByRole('button', { name: 'Enregistrer le script' }).click();
    await expect(next.getByText('Transformation enregistrée.')).toBeVisible();
    expect((await answerOf(next.request, id)).transform_script).toBe('return { presque: "perdu" };');
  });

  test('is at the same form after signing in again, and is nobody else’s', async ({
    page,
    receiver,
    local,
  }) => {
    await signIn(page.request, local.admin); // a session of its own: it ends here
    const { id } = await create(page.request, receiver.url);
    await page.goto(`/webhooks/${id}/settings`);
    await nameField(page).fill('Après la session');
    const next = await crash(page);
    await next.context().clearCookies();
    await next.goto(`/webhooks/${id}/settings`);
    await expect(next.getByText('Votre session a expiré.')).toBeVisible();
    await next.getByLabel('Adresse e-mail').fill(local.admin?.email ?? '');
    await next.getByLabel('Mot de passe').fill(local.admin?.password ?? '');
    await next.getByRole('button', { name: 'Se connecter' }).click();
    await expect(next).toHaveURL(new RegExp(`/webhooks/${id}/settings`));
    await take(next);
    await expect(nameField(next)).toHaveValue('Après la session');
    // Signing out takes drafts with it.
    await next.getByRole('button', { name: /@/ }).click();
    await next.getByRole('menuitem', { name: 'Se déconnecter' }).click();
    await leaveDialog(next).getByRole('button', { name: 'Quitter sans enregistrer' }).click();
    await expect(next).toHaveURL(/\/login/);
    expect(await next.evaluate(() => JSON.stringify(localStorage))).not.toContain('Après la session');
    await signIn(next.request, local.admin);
  });
});

test.describe('a window', () => {
  const open = async (page: Page) => {
    await page.goto('/appointments');
    await page.getByRole('link', { name: 'Leads', exact: true }).click();
    await expect(page).toHaveURL(/\/leads$/);
    await page.getByRole('button', { name: 'Nouveau lead' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Nouveau lead' });
    await dialog.getByLabel('Nom', { exact: true }).fill('Chloé Lefèvre');
    await expect(dialog.getByText('Modifié', { exact: true })).toBeVisible();
    return dialog;
  };
  const ways: [string, (page: Page) => Promise<unknown>][] = [
    ['Escape', (page) => page.keyboard.press('Escape')],
    ['a click outside', (page) => page.mouse.click(5, 5)],
    ['its cross', (page) => page.getByRole('dialog').getByRole('button', { name: 'Fermer' }).click()],
    ['« Annuler »', (page) => page.getByRole('dialog').getByRole('button', { name: 'Annuler' }).click()],
    ['the way back', (page) => page.evaluate(() => history.back())],
  ];
  for (const [name, leave] of ways) {
    test(`with something typed is asked about before it goes by ${name}`, async ({ page }) => {
      const dialog = await open(page);
      await leave(page);
      await leaveDialog(page).getByRole('button', { name: 'Rester' }).click();
      await expect(dialog.getByLabel('Nom', { exact: true })).toHaveValue('Chloé Lefèvre');
      // The question has gone, and has handed the focus back to the window, not to the page behind it.
      await expect(page.locator('[role=dialog]:focus, [role=dialog] :focus')).toHaveCount(1);
      await dialog.getByLabel('Nom', { exact: true }).press('End');
      await leave(page);
      await leaveDialog(page).getByRole('button', { name: 'Quitter sans enregistrer' }).click();
      await expect(dialog).toHaveCount(0);
      await page.goto('/leads');
      await page.getByRole('button', { name: 'Nouveau lead' }).first().click();
      await expect(page.getByRole('dialog').getByLabel('Nom', { exact: true })).toHaveValue('');
      await expect(offer(page)).toHaveCount(0);
      // Nothing typed, nothing asked.
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
    });
  }

  test('is offered again after a crash, and saves by Ctrl S', async ({ page }) => {
    await open(page);
    const next = await crash(page);
    await next.goto('/leads');
    await next.getByRole('button', { name: 'Nouveau lead' }).first().click();
    await take(next);
    await expect(next.getByRole('dialog').getByLabel('Nom', { exact: true })).toHaveValue('Chloé Lefèvre');
    await next.keyboard.press('ControlOrMeta+s');
    await expect(next.getByRole('dialog')).toHaveCount(0);
    await expect(next.getByRole('cell', { name: 'Chloé Lefèvre' }).first()).toBeVisible();
    expect(await next.evaluate(() => JSON.stringify(localStorage))).not.toContain('Chloé');
  });

  test('for an appointment, a reason, a file and an inbox’s name asks too', async ({ page }) => {
    await page.goto('/appointments');
    await page.getByRole('button', { name: 'Nouveau rendez-vous' }).first().click();
    await page.getByRole('dialog').getByLabel('Objet').fill('Visite');
    await page.keyboard.press('Escape');
    await leaveDialog(page).getByRole('button', { name: 'Rester' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Prendre le rendez-vous' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.getByRole('button', { name: 'Actions pour Visite' }).first().click();
    await page.getByRole('menuitem', { name: 'Annuler le rendez-vous' }).click();
    await page.getByLabel('Motif').fill('Client absent');
    await page.keyboard.press('Escape');
    await leaveDialog(page).getByRole('button', { name: 'Rester' }).click();
    await expect(page.getByLabel('Motif')).toHaveValue('Client absent');
    await page.getByRole('alertdialog').getByRole('button', { name: 'Annuler le rendez-vous' }).click();
    await expect(page.getByText('Client absent')).toBeVisible();

    await page.goto('/files');
    await page.getByRole('button', { name: 'Ajouter un fichier' }).first().click();
    await page
      .getByRole('dialog')
      .locator('input[type=file]')
      .setInputFiles({ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('a') });
    await page.keyboard.press('Escape');
    await leaveDialog(page).getByRole('button', { name: 'Quitter sans enregistrer' }).click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });
});

test.describe('a save that fails', () => {
  const failures: [string, (page: Page, path: string) => Promise<unknown>, RegExp][] = [
    [
      'a page of HTML, 502',
      (page, path) =>
        page.route(path, (route) =>
          route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
        ),
      /Le serveur ne répond pas/,
    ],
    [
      'an empty 500',
      (page, path) => page.route(path, (route) => route.fulfill({ status: 500, body: '' })),
      /Un imprévu de notre côté/,
    ],
    [
      'HTML that says 200',
      (page, path) =>
        page.route(path, (route) =>
          route.fulfill({ status: 200, contentType: 'text/html', body: '<p>Sign in to the Wi-Fi</p>' }),
        ),
      /Un imprévu de notre côté/,
    ],
    [
      'a dropped connection',
      (page, path) => page.route(path, (route) => route.abort('connectionreset')),
      /Le serveur ne répond pas/,
    ],
    [
      'a database that is away',
      (page, path) =>
        page.route(path, (route) =>
          route.fulfill({ status: 503, json: { code: 'database_unavailable', status: 503 } }),
        ),
      /La base de données est injoignable/,
    ],
    ['no answer at all', (page, path) => page.route(path, () => {}), /Le serveur n’a pas répondu à temps/],
    [
      'an expired session',
      (page, path) =>
        page.route(path, (route) =>
          route.fulfill({ status: 401, json: { code: 'not_signed_in', status: 401 } }),
        ),
      /une fois reconnecté, revenez à cet onglet/,
    ],
  ];
  for (const [name, fail, sentence] of failures) {
    test(`by ${name} keeps what was typed, and says what to do`, async ({ page, receiver }) => {
      await page.clock.install();
      const { id } = await create(page.request, receiver.url);
      const wait = name === 'no answer at all' ? () => page.clock.fastForward(25_000) : async () => {};

      await page.goto(`/webhooks/${id}/settings`);
      await nameField(page).fill('Toujours là');
      const one = (url: URL) => url.pathname === `/api/webhooks/${id}`;
      await page.route(one, (route) =>
        route.request().method() === 'PATCH' ? route.fallback() : route.continue(),
      );
      await fail(page, `**/api/webhooks/${id}`);
      await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
      await page.waitForTimeout(100); // the request is under way
      await wait();
      await expect(page.getByRole('alert').filter({ hasText: sentence }).first()).toBeVisible();
      await expect(nameField(page)).toHaveValue('Toujours là');
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
      await expect(page.getByText('Réglages enregistrés.')).toBeVisible();

      await page.goto('/leads');
      await page.getByRole('button', { name: 'Nouveau lead' }).first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Nom', { exact: true }).fill('Toujours là');
      await fail(page, '**/api/crm/leads');
      await dialog.getByRole('button', { name: 'Créer le lead' }).click();
      await page.waitForTimeout(100);
      await wait();
      await expect(dialog.getByRole('alert').filter({ hasText: sentence })).toBeVisible();
      await expect(dialog.getByText(/Ce que vous avez saisi est toujours là/)).toBeVisible();
      await expect(dialog.getByLabel('Nom', { exact: true })).toHaveValue('Toujours là');
      await page.unrouteAll({ behavior: 'ignoreErrors' });
      await dialog.getByRole('button', { name: 'Créer le lead' }).click();
      await expect(dialog).toHaveCount(0);
    });
  }
});

test('another language takes nothing from a form or a script', async ({ page, receiver }) => {
  const { id } = await create(page.request, receiver.url);
  await page.goto(`/webhooks/${id}/settings`);
  await nameField(page).fill('Bilingue');
  await page.getByRole('radio', { name: 'English' }).first().click();
  await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Bilingue');
  await page.getByRole('radio', { name: 'Français' }).first().click();
  await expect(nameField(page)).toHaveValue('Bilingue');
  await nameField(page).fill('Gardé');

  await page.goto(`/webhooks/${id}/transformation`);
  await writeScript(page, 'return { deux: 2 };');
  await page.getByRole('radio', { name: 'English' }).first().click();
  await expect(page.getByRole('textbox', { name: 'Transform script' })).toContainText('deux');
  await page.getByRole('radio', { name: 'Français' }).first().click();
  await expect(script(page)).toContainText('deux');
  page.on('dialog', (dialog) => dialog.accept());
});

test.describe('before the page is ready', () => {
  /** Scripts come late, as over a slow line. */
  const slowly = (page: Page) =>
    page.route('**/_next/static/**/*.js', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await route.continue();
    });

  test('a search that is typed stays, and is searched for', async ({ page, receiver }) => {
    await create(page.request, receiver.url);
    await slowly(page);
    for (const [path, label] of [
      ['/deliveries?status=failed', 'Chercher dans les données, ou un identifiant'],
      ['/webhooks', 'Chercher par nom ou URL'],
    ] as const) {
      await page.goto(path, { waitUntil: 'commit' });
      const field = page.getByLabel(label);
      // What has come, and is not in its place yet, takes no focus.
      await expect(field).toBeVisible();
      await field.pressSequentially('dupont', { delay: 150 });
      await expect(page).toHaveURL(/q=dupont/);
      await expect(field).toHaveValue('dupont');
    }
  });

  test('a sign-in cannot be sent, and what was typed is sent afterwards', async ({ browser, local }) => {
    const context = await browser.newContext({
      baseURL: local.url,
      locale: 'fr-FR',
      storageState: { cookies: [], origins: [] },
    });
    const page = await context.newPage();
    await slowly(page);
    await page.goto('/login', { waitUntil: 'commit' });
    await page.getByLabel('Adresse e-mail').fill(local.admin?.email ?? '');
    await page.getByLabel('Mot de passe').fill(local.admin?.password ?? '');
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/\/login$/);
    await page.getByRole('button', { name: 'Se connecter' }).click();
    await expect(page).toHaveURL(/\/webhooks/);
    await context.close();
  });
});
