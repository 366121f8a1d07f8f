import { expect } from '@playwright/test';
import { signedInTest as test } from '../support/e2e.ts';
import { scriptBytes } from '../support/scriptBytes.ts';

/*
 * The API's reference in the console: drawn by a kept component, which comes only here, asks nobody else, and runs what a
 * person tries on that person's session.
 */

test('every route can be read, and tried on one’s own session', async ({ page, local }) => {
  const foreign: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(local.url)) foreign.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));

  await page.goto('/webhooks');
  await page.getByRole('button', { name: /Administrateur/ }).click();
  await page.getByRole('menuitem', { name: 'Référence de l’API' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Référence de l’API');
  const explorer = page.locator('openapi-explorer');
  await explorer.locator('.nav-bar-tag', { hasText: /^\s*jobs/ }).click();
  await explorer.locator('.nav-bar-path', { hasText: 'Background jobs that run' }).first().click();
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.url() === `${local.url}/api/jobs`),
    explorer.getByRole('button', { name: 'EXÉCUTER' }).first().click({ timeout: 20_000 }),
  ]);
  expect(answer.status()).toBe(200);
  expect([foreign, complaints]).toEqual([[], []]);
});

test('its component comes after the page, and weighs no more than a page', async ({ page }) => {
  const { first, later } = await scriptBytes(page, '/docs/api', () =>
    expect(page.locator('openapi-explorer')).toBeVisible(),
  );
  expect(first).toBeLessThan(240_000);
  expect(later).toBeLessThan(240_000);
  expect(later).toBeGreaterThan(100_000);
});
