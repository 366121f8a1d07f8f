import { type APIRequestContext, expect, type Page } from '@playwright/test';
import postgres from 'postgres';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks, signIn } from '../support/session.ts';

/*
 * What the screens must not do to people: alter what they type, take away what they asked for, lose what they did not
 * save, or say what is not so.
 */

test.afterEach(async ({ request }) => {
  await deleteAllWebhooks(request);
});

type Fields = Record<string, unknown>;
type Stored = { id: string; version: string } & Fields;

async function create(api: APIRequestContext, url: string, fields: Fields = {}): Promise<Stored> {
  const data = { name: 'Écran', url, events: ['lead.created'], ...fields };
  const response = await api.post('/api/webhooks', { data });
  expect(response.status(), await response.text()).toBe(201);
  return response.json();
}

const stored = async (page: Page, id: string): Promise<Stored> =>
  (await page.request.get(`/api/webhooks/${id}`)).json();
const search = (page: Page) => page.getByLabel('Chercher dans les données, ou un identifiant');
const nameField = (page: Page) => page.getByLabel('Nom', { exact: true });
const leaveDialog = (page: Page) => page.getByRole('alertdialog', { name: /Quitter sans enregistrer/ });

test.describe('the search box', () => {
  test('keeps what is typed to the last space, through every pause', async ({ page }) => {
    await page.goto('/deliveries?status=failed');
    await search(page).pressSequentially('jean ');
    await expect(page).toHaveURL(/q=jean(&|$)/);
    await page.waitForTimeout(700); // a pause of the typist's, longer than any of the field's
    await search(page).pressSequentially('dupont');
    await expect(search(page)).toHaveValue('jean dupont');
    await expect(page).toHaveURL(/q=jean\+dupont/);
    await search(page).fill('  deux  espaces ');
    await expect(page).toHaveURL(/q=deux\+\+espaces(&|$)/);
    await expect(search(page)).toHaveValue('  deux  espaces ');
  });

  test('keeps a paste longer than a search may be, and searches for its beginning', async ({ page }) => {
    await page.goto('/deliveries?status=failed');
    const long = `${'x'.repeat(199)}😀 fin`;
    await search(page).fill(long);
    await expect(page).toHaveURL(/q=x{199}/);
    await page.waitForTimeout(500); // the answer has been drawn
    await expect(search(page)).toHaveValue(long);
  });

  test('waits for a character that is being composed', async ({ page }) => {
    await page.goto('/deliveries?status=failed');
    await search(page).click(); // when it is to be seen: `focus` does nothing in what React has not revealed yet
    const keyboard = await page.context().newCDPSession(page);
    await keyboard.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
    await expect(search(page)).toHaveValue('に');
    await page.waitForTimeout(700); // nothing is applied in this time
    expect(page.url()).not.toContain('q=');
    await expect(search(page)).toHaveValue('に');
    await keyboard.send('Input.insertText', { text: '日本' });
    await expect(page).toHaveURL(/q=%E6%97%A5%E6%9C%AC/);
    await expect(search(page)).toHaveValue('日本');
  });

  test('follows links and the way back, and what clears the filters', async ({ page }) => {
    await page.goto('/deliveries?q=premier&status=failed');
    await expect(search(page)).toHaveValue('premier');
    await page.getByRole('link', { name: 'Livraisons', exact: true }).click();
    await expect(page).toHaveURL(/\/deliveries$/);
    await page.goBack();
    await expect(search(page)).toHaveValue('premier');
    await search(page).pressSequentially(' et autre');
    await page.getByRole('button', { name: 'Effacer les filtres' }).first().click();
    await page.waitForTimeout(500); // what was being typed would be applied by now
    await expect(page).toHaveURL(/\/deliveries$/);
  });

  test('does the same in the list of webhooks', async ({ page, receiver }) => {
    await create(page.request, receiver.url, { name: 'Jean Dupont' });
    await page.goto('/webhooks');
    const field = page.getByLabel('Chercher par nom ou URL');
    await field.pressSequentially('jean ');
    await expect(page).toHaveURL(/q=jean$/);
    await page.waitForTimeout(600); // longer than the field's own pause
    await field.pressSequentially('dupont');
    await expect(page).toHaveURL(/q=jean\+dupont$/);
    await expect(field).toHaveValue('jean dupont');
    await expect(page.getByRole('row', { name: /Jean Dupont/ })).toBeVisible();
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click();
    await expect(field).toHaveValue('');
  });
});

test.describe('filters', () => {
  test('a period is typed digit by digit, and the field and the filters stay', async ({ page, receiver }) => {
    const { id } = await create(page.request, receiver.url);
    await page.request.post(`/api/webhooks/${id}/test`, { data: {} });
    const refused: string[] = [];
    page.on('response', (response) => {
      if (response.url().includes('/api/deliveries') && response.status() >= 400)
        refused.push(response.url());
    });
    await page.goto('/deliveries?status=success');
    await page.getByRole('combobox', { name: 'Période' }).click();
    await page.getByRole('option', { name: 'Période choisie…' }).click();
    const from = page.getByLabel('Du', { exact: true });
    await from.focus();
    // Month and day, in either order, then the year's digits one after the other, each long enough to be asked for.
    await page.keyboard.type('12122');
    for (const digit of ['0', '2', '5']) {
      await page.keyboard.type(digit);
      await page.waitForTimeout(500); // longer than the field's own pause
      await expect(from).toBeVisible();
    }
    await expect(from).toHaveValue(/^2025-12-12T/);
    await expect(page).toHaveURL(/from=2025-12-1[12]T/);
    await expect(page.getByRole('radio', { name: 'Réussies' })).toBeChecked();
    await expect(page.locator('[data-row-link]').first()).toBeVisible();
    // Half a date is none: nothing goes away while a part is being typed anew.
    await page.keyboard.press('Backspace');
    await page.waitForTimeout(500); // longer than the field's own pause
    await expect(from).toBeVisible();
    await from.fill('1969-12-31T00:00');
    await expect(page).toHaveURL(/from=1969-12-3/);
    await expect(page.locator('[data-row-link]').first()).toBeVisible();
    expect(refused).toEqual([]);
  });

  for (const query of [
    'from=1969-12-31&to=1969-12-31T23:00:00Z',
    'from=x&status=foo&cursor=zzz&webhook_id=1&event_type=%00&q=%00',
    'from=-271821-04-20T00:00:00Z&to=%2B275760-09-13T00:00:00Z&period=custom',
    'from=0001-01-01T00:00:00%2B23:59&charts=forever',
  ]) {
    test(`an address with ${query} leaves a list and its filters`, async ({ page }) => {
      const failed: number[] = [];
      page.on('response', (response) => {
        if (response.url().includes('/api/deliveries?') && !response.ok()) failed.push(response.status());
      });
      await page.goto(`/deliveries?${query}`);
      await expect(
        page
          .getByRole('search', { name: 'Filtrer les livraisons' })
          .or(page.getByText('Pas encore de livraison')),
      ).toBeVisible();
      await expect(page.getByText('Cela n’a pas abouti')).toHaveCount(0);
      expect(failed).toEqual([]);
    });
  }

  test('stay when the list cannot be read', async ({ page }) => {
    await page.route('**/api/deliveries?*', (route) => route.fulfill({ status: 500, json: {} }));
    await page.goto('/deliveries?q=dupont&status=failed');
    await expect(page.getByText('Cela n’a pas abouti')).toBeVisible();
    await expect(search(page)).toHaveValue('dupont');
    await page.unrouteAll();
    await page.getByRole('button', { name: 'Réessayer' }).click();
    await expect(page.getByText('Cela n’a pas abouti')).toHaveCount(0);
  });

  test('the API answers an empty list or names the field', async ({ request }) => {
    const ask = async (query: string) => {
      const response = await request.get(`/api/deliveries?${query}`);
      return [response.status(), (await response.json()).errors?.[0]?.path ?? null];
    };
    for (const time of [
      '1969-12-31T00:00:00Z',
      '0001-01-01T00:00:00Z',
      '0000-01-01T00:00:00%2B23:59',
      '9999-12-31T23:59:59-23:59',
    ]) {
      expect(await ask(`from=${time}`)).toEqual([200, null]);
      expect(await ask(`to=${time}`)).toEqual([200, null]);
    }
    for (const [query, field] of [
      ['from=x', 'from'],
      ['from=1969-12-31', 'from'],
      ['to=%2B012345-01-01T00:00:00Z', 'to'],
      ['from=2026-01-01T00:00:00%2B99:99', 'from'],
      ['status=foo', 'status.0'],
      ['cursor=zzz', 'cursor'],
      ['webhook_id=1', 'webhook_id'],
      ['limit=0', 'limit'],
    ]) {
      expect(await ask(query ?? '')).toEqual([422, field]);
    }
  });
});

test.describe('a test', () => {
  const script = { transform_enabled: true, transform_script: 'return { qui: payload.nom.toUpperCase() };' };

  test('of a webhook with a script on a lead’s fields sends a lead, wherever it is asked for', async ({
    page,
    receiver,
  }) => {
    const { id } = await create(page.request, receiver.url, {
      ...script,
      events: ['file.deleted', 'lead.created'],
    });
    await page.goto(`/webhooks/${id}`);
    await page.getByRole('button', { name: 'Tester', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('combobox')).toContainText('lead.created');
    await dialog.getByRole('button', { name: 'Envoyer le test' }).click();
    await expect(dialog.getByText('Livré', { exact: true })).toBeVisible();
    await page.keyboard.press('Escape');

    await page.goto(`/webhooks/${id}/ready`);
    await page.getByRole('button', { name: 'Envoyer le test' }).click();
    await expect(page.getByText('Livré', { exact: true })).toBeVisible();
    expect(receiver.requests.map(({ body }) => JSON.parse(String(body)).payload)).toEqual([
      { qui: 'DUPONT' },
      { qui: 'DUPONT' },
    ]);
    await page.goto(`/webhooks/${id}/transformation`);
    await page.getByRole('button', { name: 'Exécuter' }).click();
    await expect(page.getByRole('tabpanel')).toContainText('DUPONT');
  });

  test('in the playground too', async ({ page }) => {
    const inbox = await (
      await page.request.post('/api/playground/inboxes', { data: { name: 'Boîte' } })
    ).json();
    await create(page.request, inbox.url, script);
    await page.goto(`/playground?inbox=${inbox.id}`);
    await page.getByRole('button', { name: 'Tester Écran' }).first().click();
    await expect(page.getByText('« Écran » : livraison réussie')).toBeVisible();
    await page.request.delete(`/api/playground/inboxes/${inbox.id}`);
  });

  test('that is answered 410 says what is so: the webhook stays as it is', async ({ page, receiver }) => {
    receiver.answer({ status: 410 });
    const { id } = await create(page.request, receiver.url);
    await page.goto(`/webhooks/${id}`);
    await page.getByRole('button', { name: 'Tester', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Envoyer le test' }).click();
    await expect(dialog.getByText(/Ce n’était qu’un test/)).toBeVisible();
    await expect(page.getByText(/a été désactivé/)).toHaveCount(0);
    await dialog.getByRole('link', { name: 'Voir la livraison' }).click();
    await expect(page.getByText(/Ce n’était qu’un test/)).toBeVisible();
    await expect(page.getByText(/a été désactivé/)).toHaveCount(0);
    expect(await stored(page, id)).toMatchObject({ status: 'active', disabled_reason: null });
  });
});

test.describe('a webhook that two people save', () => {
  test('over HTTP: only what was seen is changed, and the answer tells the present state', async ({
    page,
    receiver,
  }) => {
    const { id } = await create(page.request, receiver.url);
    const read = await page.request.get(`/api/webhooks/${id}`);
    const etag = read.headers().etag ?? '';
    expect(etag).toBe(`"${(await read.json()).version}"`);
    const patch = (data: object, match?: string) =>
      page.request.patch(`/api/webhooks/${id}`, {
        data,
        headers: match === undefined ? {} : { 'If-Match': match },
      });

    const first = await patch({ name: 'Première' }, etag);
    expect([first.status(), first.headers().etag === etag]).toEqual([200, false]);
    const second = await patch({ name: 'Seconde' }, etag);
    expect(second.status()).toBe(412);
    expect(await second.json()).toMatchObject({
      code: 'changed_meanwhile',
      current: { id, name: 'Première' },
    });
    for (const tag of [`W/${first.headers().etag}`, '"x"', ''])
      expect((await patch({ name: 'Faible' }, tag)).status()).toBe(412);
    expect((await patch({ status: 'active' }, etag)).status()).toBe(412);
    expect((await patch({ status: 'inactive' }, etag)).status()).toBe(412);
    expect((await stored(page, id)).status).toBe('active');
    for (const match of ['*', undefined])
      expect((await patch({ name: 'Sans condition' }, match)).status()).toBe(200);
    const now = (await page.request.get(`/api/webhooks/${id}`)).headers().etag;
    const off = await patch({ status: 'inactive' }, now);
    expect((await patch({ status: 'active', max_retries: 1 }, off.headers().etag)).status()).toBe(200);
    expect(await stored(page, id)).toMatchObject({
      status: 'active',
      max_retries: 1,
      name: 'Sans condition',
    });
    await page.request.delete(`/api/webhooks/${id}`);
    expect((await patch({ name: 'Trop tard' }, etag)).status()).toBe(404);

    const { id: other, version } = await create(page.request, receiver.url);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        page.request.patch(`/api/webhooks/${other}`, {
          data: { name: `n${n}` },
          headers: { 'If-Match': `"${version}"` },
        }),
      ),
    );
    expect(answers.map((answer) => answer.status()).sort()).toEqual([200, ...Array(9).fill(412)]);
  });

  test('in the form: theirs and mine are shown, and the person decides', async ({ page, receiver }) => {
    const { id } = await create(page.request, receiver.url);
    const theirs = (data: object) => page.request.patch(`/api/webhooks/${id}`, { data });
    await page.goto(`/webhooks/${id}/settings`);
    await nameField(page).fill('Le mien');
    await page.getByLabel('Description').fill('Ma description');
    await theirs({ name: 'Le leur', max_retries: 7, description: 'Leur description' });
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();

    const dialog = page.getByRole('dialog', { name: /Enregistré entre-temps/ });
    await expect(dialog.getByText('Le leur', { exact: true })).toBeVisible();
    await expect(dialog.getByText('Le mien', { exact: true }).last()).toBeVisible();
    expect((await stored(page, id)).name).toBe('Le leur');
    // Cancelling writes nothing and takes nothing.
    await dialog.getByRole('button', { name: 'Annuler' }).click();
    await expect(nameField(page)).toHaveValue('Le mien');
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();

    const choose = (setting: string, side: string) =>
      dialog
        .getByRole('radiogroup', { name: new RegExp(`^${setting}\\s:`) })
        .getByRole('radio', { name: side })
        .click();
    await choose('Nom', 'Garder le mien');
    await choose('Description', 'Reprendre le leur');
    await dialog.getByRole('button', { name: 'Enregistrer ces choix' }).click();
    await expect(page.getByText('Réglages enregistrés.')).toBeVisible();
    expect(await stored(page, id)).toMatchObject({
      name: 'Le mien',
      description: 'Leur description',
      max_retries: 7,
    });
    await expect(page.getByLabel('Description')).toHaveValue('Leur description');
    await expect(page.getByLabel('Nombre d’essais supplémentaires')).toHaveValue('7');
    await expect(page.getByText('Modifié', { exact: true })).toHaveCount(0);
  });

  test('a switch-off meanwhile is no question', async ({ page, receiver }) => {
    const { id } = await create(page.request, receiver.url);
    await page.goto(`/webhooks/${id}/settings`);
    await nameField(page).fill('Renommé');
    await page.request.patch(`/api/webhooks/${id}`, { data: { status: 'inactive' } });
    await page.getByRole('button', { name: 'Enregistrer', exact: true }).click();
    await expect(page.getByText('Réglages enregistrés.')).toBeVisible();
    expect(await stored(page, id)).toMatchObject({ name: 'Renommé', status: 'inactive' });
  });

  test('in the workbench too', async ({ page, receiver }) => {
    const { id } = await create(page.request, receiver.url, {
      transform_enabled: true,
      transform_script: 'return 1;',
    });
    await page.goto(`/webhooks/${id}/transformation`);
    await page.getByRole('textbox', { name: 'Script de transformation' }).click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('return "mien";');
    await page.request.patch(`/api/webhooks/${id}`, { data: { transform_script: 'return "leur";' } });
    await page.keyboard.press('ControlOrMeta+s');
    const dialog = page.getByRole('dialog', { name: /Enregistré entre-temps/ });
    await expect(dialog.getByText('return "leur";')).toBeVisible();
    await dialog.getByRole('radio', { name: 'Reprendre le leur' }).click();
    await dialog.getByRole('button', { name: 'Enregistrer ces choix' }).click();
    await expect(page.getByRole('textbox', { name: 'Script de transformation' })).toContainText('leur');
    expect((await stored(page, id)).transform_script).toBe('return "leur";');
  });
});

test.describe('what is not saved', () => {
  async function changed(page: Page, id: string): Promise<void> {
    await page.goto('/events');
    await page.getByRole('link', { name: 'Webhooks', exact: true }).click();
    await page.locator(`a[href="/webhooks/${id}"]`).click();
    await page.getByRole('link', { name: 'Réglages', exact: true }).click();
    await nameField(page).fill('Pas encore');
    await expect(page.getByText('Modifié', { exact: true })).toBeVisible();
  }

  const ways: [string, (page: Page) => Promise<unknown>, RegExp][] = [
    ['a link', (page) => page.getByRole('link', { name: 'Événements', exact: true }).click(), /\/events$/],
    [
      'a tab',
      (page) => page.getByRole('link', { name: 'Aperçu', exact: true }).click(),
      /\/webhooks\/[^/]+$/,
    ],
    [
      'a link by keyboard',
      async (page) => {
        await page.getByRole('link', { name: 'Événements', exact: true }).focus();
        await page.keyboard.press('Enter');
      },
      /\/events$/,
    ],
    ['the way back', (page) => page.evaluate(() => history.back()), /\/webhooks\/[^/]+$/],
    ['two steps back', (page) => page.evaluate(() => history.go(-2)), /\/webhooks$/],
    [
      'the menu',
      async (page) => {
        await page.getByRole('button', { name: 'Actions pour Écran' }).click();
        await page.getByRole('menuitem', { name: 'Dupliquer' }).click();
      },
      /\/webhooks\/new/,
    ],
    [
      'signing out',
      async (page) => {
        await page.getByRole('button', { name: /@/ }).click();
        await page.getByRole('menuitem', { name: 'Se déconnecter' }).click();
      },
      /\/login/,
    ],
  ];
  for (const [name, leave, where] of ways) {
    test(`is asked about before it is left by ${name}`, async ({ page, receiver, local }) => {
      await signIn(page.request, local.admin); // a session of its own: one of the ways ends it
      const { id } = await create(page.request, receiver.url);
      await changed(page, id);
      const here = page.url();
      await leave(page);
      await leaveDialog(page).getByRole('button', { name: 'Rester' }).click();
      await expect(leaveDialog(page)).toHaveCount(0);
      await expect(nameField(page)).toHaveValue('Pas encore');
      expect(page.url()).toBe(here);
      // A browser lets a step back be called off once for each thing that the person does on the page.
      await nameField(page).press('End');
      await leave(page);
      await leaveDialog(page).getByRole('button', { name: 'Quitter sans enregistrer' }).click();
      await expect(page).toHaveURL(where);
      await expect(leaveDialog(page)).toHaveCount(0);
      expect((await stored(page, id)).name ?? 'Écran').toBe('Écran');
      await signIn(page.request, local.admin);
    });
  }

  test('is asked about on the way back where the browser lets nothing be called off beforehand', async ({
    page,
    receiver,
  }) => {
    await page.addInitScript(() => Object.defineProperty(window, 'navigation', { value: undefined }));
    const { id } = await create(page.request, receiver.url);
    await changed(page, id);
    const here = page.url();
    for (let again = 0; again < 2; again++) {
      await page.evaluate(() => history.back());
      await leaveDialog(page).getByRole('button', { name: 'Rester' }).click();
      await expect(nameField(page)).toHaveValue('Pas encore');
      expect(page.url()).toBe(here);
    }
    await page.evaluate(() => history.back());
    await leaveDialog(page).getByRole('button', { name: 'Quitter sans enregistrer' }).click();
    await expect(page).toHaveURL(/\/webhooks\/[^/]+$/);
    await expect(page.getByRole('heading', { name: 'Santé' })).toBeVisible();
  });

  test('is asked about by the browser before the page is loaded anew or closed', async ({
    page,
    receiver,
  }) => {
    const { id } = await create(page.request, receiver.url);
    await changed(page, id);
    const asked = page.waitForEvent('dialog');
    const reload = page.reload().catch(() => undefined);
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    await expect(nameField(page)).toHaveValue('Pas encore');
    await nameField(page).fill('Écran');
    await expect(page.getByText('Modifié', { exact: true })).toHaveCount(0);
    await page.reload();
    await reload;
    await expect(nameField(page)).toHaveValue('Écran');
  });

  test('is saved by Ctrl S, and then nothing is asked', async ({ page, receiver }) => {
    const { id } = await create(page.request, receiver.url);
    await changed(page, id);
    await page.keyboard.press('ControlOrMeta+s');
    await expect(page.getByText('Réglages enregistrés.')).toBeVisible();
    await expect(page.getByText('Modifié', { exact: true })).toHaveCount(0);
    await page.getByRole('link', { name: 'Événements', exact: true }).click();
    await expect(page).toHaveURL(/\/events$/);
    expect((await stored(page, id)).name).toBe('Pas encore');
  });

  test('of a new webhook is asked about; a webhook that is created is not', async ({ page, receiver }) => {
    await page.goto('/webhooks');
    await page.getByRole('link', { name: 'Nouveau Webhook' }).first().click();
    await nameField(page).fill('Nouveau');
    await expect(page.getByText('Modifié', { exact: true })).toBeVisible();
    await page.getByRole('link', { name: 'Annuler' }).click();
    await leaveDialog(page).getByRole('button', { name: 'Rester' }).click();
    await page.getByLabel('URL', { exact: true }).fill(receiver.url);
    await page.getByRole('checkbox', { name: 'Lead créé' }).check();
    await page.keyboard.press('ControlOrMeta+s');
    await expect(page.getByRole('heading', { level: 1 })).toContainText('est prêt');
    await page.getByRole('link', { name: 'Aller au webhook' }).click();
    await expect(page).toHaveURL(/\/webhooks\/[^/]+$/);
  });

  test('of a script is asked about', async ({ page, receiver }) => {
    const { id } = await create(page.request, receiver.url);
    await page.goto(`/webhooks/${id}/transformation`);
    await page.getByRole('textbox', { name: 'Script de transformation' }).click();
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.insertText('return { a: 1 };');
    await page.getByRole('link', { name: 'Aperçu', exact: true }).click();
    await leaveDialog(page).getByRole('button', { name: 'Rester' }).click();
    await expect(page.getByRole('textbox', { name: 'Script de transformation' })).toContainText('{ a: 1 }');
    await page.keyboard.press('ControlOrMeta+s');
    await expect(page.getByText('Transformation enregistrée.')).toBeVisible();
    await page.getByRole('link', { name: 'Aperçu', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Santé' })).toBeVisible();
  });
});

test.describe('what is said', () => {
  test('of 2,100 webhooks every row has its name, and only a deleted one is called deleted', async ({
    page,
    receiver,
    local,
  }) => {
    const sql = postgres(local.database_url ?? '', { max: 1, onnotice: () => {} });
    const oldest = await create(page.request, receiver.url, { name: 'Le plus ancien' });
    const gone = await create(page.request, receiver.url, { name: 'Disparu' });
    for (const { id } of [oldest, gone]) await page.request.post(`/api/webhooks/${id}/test`, { data: {} });
    await page.request.delete(`/api/webhooks/${gone.id}`);
    await sql`insert into webhooks (name, url, events)
      select 'Webhook ' || n, 'https://exemple.fr/' || n, '{lead.deleted}' from generate_series(1, 2100) as n`;
    const named: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/api/webhooks/names')) named.push(request.url());
    });
    await page.goto('/deliveries');
    const row = (id: string) => page.getByRole('row').filter({ has: page.locator(`a[href*="${id}"]`) });
    const deliveryOf = async (id: string) =>
      (await (await page.request.get(`/api/deliveries?webhook_id=${id}`)).json()).items[0].id;
    await expect(row(await deliveryOf(oldest.id))).toContainText('Le plus ancien');
    await expect(row(await deliveryOf(gone.id))).toContainText('Webhook supprimé');
    // The page brings them along.
    expect(named).toEqual([]);
    await page.goto(`/deliveries?webhook_id=${oldest.id}`);
    await expect(page.getByRole('combobox', { name: 'Webhook' })).toContainText('Le plus ancien');
    // While nobody knows, nothing is said.
    await page.route('**/api/webhooks/names?*', () => {});
    await page.goto('/deliveries?period=24h'); // counted from when the browser asks
    await expect(row(await deliveryOf(gone.id))).toBeVisible();
    await expect(row(await deliveryOf(gone.id))).not.toContainText('Webhook supprimé');
    await page.unrouteAll();
    await sql`delete from webhooks where url like 'https://exemple.fr/%'`;
    await sql.end();
  });

  test('of a receiver that refused 142 of 1,000, whose last answer was fine: degraded, and the rate', async ({
    page,
    receiver,
    local,
  }) => {
    const sql = postgres(local.database_url ?? '', { max: 1, onnotice: () => {} });
    const { id } = await create(page.request, receiver.url);
    await sql`insert into webhook_stats_hourly (webhook_id, hour, succeeded, failed, retried, errors_4xx, latency_histogram)
      values (${id}, date_trunc('hour', now()), 858, 2, 140, 142, array_fill(0, array[16]))`;
    await page.goto('/webhooks');
    const row = page.getByRole('row', { name: /Écran/ });
    await expect(row).toContainText('Dégradé');
    await expect(row).toContainText(/14,2\s%/);
    await expect(row).not.toContainText('Actif');
    await page.goto(`/webhooks/${id}`);
    await expect(page.getByText(/Refuse 14,2\s% des envois/)).toBeVisible();
    await expect(page.getByText('Dégradé', { exact: true })).toHaveCount(1);

    await sql`insert into webhook_health (webhook_id, failures, outages, paused_until, pauses, failing_since)
      values (${id}, 21, 21, now() + interval '10 minutes', 1, now() - interval '1 hour')`;
    await page.goto('/webhooks');
    await expect(row).toContainText('En panne');
    await expect(row).toContainText('21 échecs de suite');
    await expect(row).not.toContainText('Actif');
    await page.goto(`/webhooks/${id}`);
    await expect(page.getByText('En panne', { exact: true })).toHaveCount(1);
    await expect(page.getByText('Actif', { exact: true })).toHaveCount(0);
    await expect(page.getByText(/21 échecs de suite/)).toHaveCount(1);
    await sql.end();
  });
});
