import { type APIRequestContext, expect, type Page } from '@playwright/test';
import { accessibilityFaults } from '../support/axe.ts';
import { signedInTest as test } from '../support/e2e.ts';
import { deleteAllWebhooks } from '../support/session.ts';

/* The scripts that a webhook had, and the one it may get: compared beside the sending, then published or thrown away. */

test.afterEach(async ({ page }) => {
  await deleteAllWebhooks(page.request);
});

const editor = (page: Page) => page.getByRole('textbox', { name: 'Script de transformation' });
async function write(page: Page, script: string) {
  await editor(page).click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(script);
}

async function create(api: APIRequestContext, fields: object): Promise<string> {
  const response = await api.post('/api/webhooks', {
    data: { name: 'Scripts', events: ['file.*'], retry_enabled: false, ...fields },
  });
  expect(response.status(), await response.text()).toBe(201);
  return (await response.json()).id;
}
async function trigger(api: APIRequestContext, payload: object) {
  const response = await api.post('/api/webhooks/trigger', {
    data: { event_type: 'file.uploaded', payload },
  });
  expect(response.status(), await response.text()).toBe(202);
}
const section = (page: Page, name: string) =>
  page.locator('section').filter({ has: page.getByRole('heading', { name, exact: true }) });

test('each saved script is a version that can be compared and restored', async ({ page, receiver }) => {
  const id = await create(page.request, {
    url: `${receiver.url}/`,
    transform_enabled: true,
    transform_script: "return { nom: payload.nom, v: 'une' };",
  });
  await page.goto(`/webhooks/${id}/transformation`);
  const versions = section(page, 'Versions du script');
  await expect(versions.getByRole('listitem')).toHaveCount(1);
  await write(page, "return { nom: payload.nom, v: 'deux' };");
  await page.getByRole('button', { name: 'Enregistrer le script' }).click();
  await expect(versions.getByRole('listitem')).toHaveCount(2);
  await expect(versions.getByRole('listitem').first()).toContainText('par vous');
  await expect(versions.getByRole('listitem').first()).toContainText('en place');

  await versions.getByRole('button', { name: 'Comparer' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByLabel('Différence avec le script en place')).toContainText("v: 'une'");
  await expect(dialog.getByLabel('Différence avec le script en place')).toContainText("v: 'deux'");
  expect(await accessibilityFaults(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Restaurer' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(editor(page)).toContainText("v: 'une'");
  await expect(versions.getByRole('listitem')).toHaveCount(3);
  await trigger(page.request, { id: '1', nom: 'plan.pdf' });
  const [request] = await receiver.waitFor(1, 20_000);
  expect(JSON.parse(String(request?.body)).payload).toEqual({ nom: 'plan.pdf', v: 'une' });
});

test('a draft is compared with what is sent, and published', async ({ page, receiver }) => {
  const id = await create(page.request, {
    url: `${receiver.url}/`,
    transform_enabled: true,
    transform_script: 'return { nom: payload.nom };',
  });
  await page.goto(`/webhooks/${id}/transformation`);
  await write(
    page,
    "if (payload.nom === 'c') throw new Error('pas celui-là'); return { nom: payload.nom === 'b' ? 'B' : payload.nom };",
  );
  await page.getByRole('button', { name: 'Enregistrer comme brouillon' }).click();
  const draft = section(page, 'Brouillon');
  await expect(draft).toContainText('Pas encore comparé');
  await expect(editor(page)).toContainText('return { nom: payload.nom };');
  for (const nom of ['a', 'b', 'c']) await trigger(page.request, { id: nom, nom });
  const sent = await receiver.waitFor(3, 20_000);
  expect(sent.map(({ body }) => JSON.parse(String(body)).payload.nom).sort()).toEqual(['a', 'b', 'c']);

  await expect(draft).toContainText('1 identique', { timeout: 30_000 });
  await expect(draft).toContainText('1 différent');
  await expect(draft).toContainText('1 échec');
  await expect(draft).toContainText('pas celui-là');
  await draft.getByRole('button', { name: 'Voir l’écart' }).click();
  const difference = draft.getByLabel('Différence entre ce qui est parti et ce que donne le brouillon');
  await expect(difference).toContainText('"nom": "b"');
  await expect(difference).toContainText('"nom": "B"');
  expect(await accessibilityFaults(page)).toEqual([]);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await draft.scrollIntoViewIfNeeded();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    if (process.env.SCREENS)
      await page.screenshot({ path: `${process.env.SCREENS}/draft-${width}.png`, fullPage: true });
  }

  await draft.getByRole('button', { name: 'Publier' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Publier' }).click();
  await expect(draft).toHaveCount(0);
  await expect(editor(page)).toContainText('pas celui-là');
  await expect(section(page, 'Versions du script').getByRole('listitem')).toHaveCount(2);
});

test('a draft is taken back into the editor, and thrown away', async ({ page }) => {
  const id = await create(page.request, { url: 'https://example.com/', transform_script: 'return {};' });
  const saved = await page.request.put(`/api/webhooks/${id}/scripts/draft`, {
    data: { script: 'return { un: 1 };' },
  });
  expect(saved.status()).toBe(200);
  await page.goto(`/webhooks/${id}/transformation`);
  const draft = section(page, 'Brouillon');
  await draft.getByRole('button', { name: 'Reprendre dans l’éditeur' }).click();
  await expect(editor(page)).toContainText('return { un: 1 };');
  await draft.getByRole('button', { name: 'Abandonner' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Abandonner' }).click();
  await expect(draft).toHaveCount(0);
  await expect(editor(page)).toContainText('return { un: 1 };');
  expect((await (await page.request.get(`/api/webhooks/${id}/scripts/draft`)).json()).draft).toBeNull();
});

test('a webhook that never had a delivery tries its script on the journal’s events', async ({ page }) => {
  for (const nom of ['un.pdf', 'deux.pdf']) await trigger(page.request, { id: nom, nom });
  const id = await create(page.request, { url: 'https://example.com/' });
  await page.goto(`/webhooks/${id}/transformation`);
  await write(page, "if (payload.nom === 'un.pdf') throw new Error('non'); return { vu: payload.nom };");
  await page.getByRole('button', { name: /^Essayer sur/ }).click();
  const batch = section(page, 'Sur vos derniers événements');
  await expect(batch).toContainText('non');
  const row = batch
    .getByRole('listitem')
    .filter({ has: page.getByLabel('Réussi') })
    .first();
  await row.getByRole('button', { name: 'Voir' }).click();
  await expect(page.getByLabel('Sortie', { exact: true }).last()).toContainText('"vu": "deux.pdf"');
  await page.getByLabel('Essayer avec').click();
  await expect(page.getByText('Événements récents du journal')).toBeVisible();
});
