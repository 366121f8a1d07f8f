import { expect } from '@playwright/test';
import postgres from 'postgres';
import { signUp } from '../../scripts/stack/api/accounts.ts';
import { loadSecrets } from '../../scripts/stack/api/secrets.ts';
import { accessibilityFaults } from '../support/axe.ts';
import { test } from '../support/e2e.ts';

/*
 * The pages of who is not signed in: a forgotten password, an invitation, and what the sign-in says when it was tried too often.
 */

test('a forgotten password: a link is asked for, and a new one chosen with it', async ({
  page,
  local,
  dataDir,
}) => {
  const databaseUrl = local.database_url ?? '';
  const account = { email: `${crypto.randomUUID()}@example.fr`, password: 'ancien-mot-de-passe' };
  await signUp(databaseUrl, await loadSecrets(dataDir), account);

  await page.goto('/login');
  await page.getByRole('link', { name: 'Mot de passe oublié' }).click();
  await expect(page).toHaveURL(/\/forgot$/);
  await page.getByRole('button', { name: 'Recevoir un lien' }).click();
  await expect(page.getByText('Saisissez une adresse e-mail complète')).toBeVisible();
  await page.getByLabel('Adresse e-mail').fill(account.email);
  await page.keyboard.press('Enter');
  await expect(
    page.getByText('Si un compte a cette adresse, le serveur d’authentification lui envoie un lien'),
  ).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);

  // What the auth server puts into its mail.
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  const [row] = await sql`select recovery_token from auth.users where email = ${account.email}`;
  await sql.end();
  const link = `/password?type=recovery&token_hash=${row?.recovery_token}`;

  await page.request.get(link); // a program that reads mail opens it first
  await page.goto(link);
  await expect(page.getByRole('heading', { level: 1, name: 'Nouveau mot de passe' })).toBeVisible();
  await page.getByLabel('Mot de passe').fill('court');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Choisissez un mot de passe d’au moins 10 caractères')).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByLabel('Mot de passe').fill('une-phrase-facile');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/leads$/);

  // The link is used up, and says so before anything is lost.
  await page.goto('about:blank'); // what /webhooks still asks for would lead to the sign-in
  await page.context().clearCookies();
  await page.goto(link);
  await page.getByLabel('Mot de passe').fill('une-autre-phrase');
  await page.keyboard.press('Enter');
  await expect(page.getByText('ne contient pas de lien valable')).toBeVisible();
  await page.getByRole('link', { name: 'Recevoir un nouveau lien' }).click();
  await expect(page).toHaveURL(/\/forgot$/);

  await page.goto('/login');
  await page.getByLabel('Adresse e-mail').fill(account.email);
  await page.getByLabel('Mot de passe').fill('une-phrase-facile');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/leads$/);
});

test('an invitation welcomes, and a link that says it is over is told apart from one that is good', async ({
  page,
}) => {
  await page.goto(`/password?type=invite&token_hash=${'a'.repeat(56)}`);
  await expect(page.getByRole('heading', { level: 1, name: 'Bienvenue' })).toBeVisible();
  expect(await accessibilityFaults(page)).toEqual([]);
  for (const over of ['', '?error=access_denied&error_code=otp_expired', '?type=nonsense&token_hash=x']) {
    await page.goto(`/password${over}`);
    await expect(page.getByText('ne contient pas de lien valable')).toBeVisible();
    await expect(page.getByLabel('Mot de passe')).toHaveCount(0);
  }
  expect(await accessibilityFaults(page)).toEqual([]);
});

test('a sign-in that was tried too often says when to try again', async ({ page }) => {
  await page.goto('/login');
  await page.getByLabel('Adresse e-mail').fill(`${crypto.randomUUID()}@example.fr`);
  await page.getByLabel('Mot de passe').fill('pas-le-bon');
  for (let n = 0; n < 11; n += 1) {
    const answered = page.waitForResponse('**/api/auth/login');
    await page.getByRole('button', { name: 'Se connecter' }).click();
    await answered;
  }
  await expect(page.getByText(/Trop de demandes\. Réessayez dans \d+ minutes\./)).toBeVisible();
  await page.mouse.move(0, 0); // a button under the mouse changes colour by and by
  expect(await accessibilityFaults(page)).toEqual([]);
});
