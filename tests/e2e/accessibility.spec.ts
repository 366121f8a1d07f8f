import { expect, type Page } from '@playwright/test';
import { accessibilityFaults } from '../support/axe.ts';
import { test } from '../support/e2e.ts';
import { allPages, isShown, sampleData } from '../support/pages.ts';
import { deleteAllWebhooks, signIn } from '../support/session.ts';

/*
 * Zero axe violations on every page, in both themes, wide and narrow.
 */

test.afterEach(async ({ page }) => {
  await deleteAllWebhooks(page.request);
});

async function faultsOf(page: Page, path: string): Promise<string[]> {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(path);
  await isShown(page);
  return (await accessibilityFaults(page)).map((fault) => `${path}, ${fault}`);
}

test('no page has an accessibility fault, light or dark, wide or narrow', async ({
  page,
  local,
  receiver,
}) => {
  const faults = await faultsOf(page, '/login');
  await signIn(page.request, local.admin);
  for (const path of allPages(await sampleData(page.request, receiver.url))) {
    faults.push(...(await faultsOf(page, path)));
  }
  expect(faults).toEqual([]);
});
