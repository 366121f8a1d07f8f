import { expect, type Page } from '@playwright/test';
import axe, { type AxeResults, type RunOptions } from 'axe-core';
import { test } from '../support/e2e.ts';
import { allPages, isShown, sampleData } from '../support/pages.ts';
import { deleteAllWebhooks, signIn } from '../support/session.ts';

/*
 * Zero axe violations on every page, in both themes, wide and narrow. A page is loaded once; theme and width change
 * under it, as they do on a person's desk.
 */

const widths = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } };
/** A theme changes colours and nothing else. */
const colours: RunOptions = { runOnly: ['color-contrast'] };

async function violations(page: Page, options: RunOptions): Promise<string[]> {
  const found = await page.evaluate(
    (given) => (window as unknown as { axe: typeof axe }).axe.run(document, given) as Promise<AxeResults>,
    { ...options, resultTypes: ['violations' as const] },
  );
  return found.violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html.slice(0, 160)}`);
}

async function faultsOf(page: Page, path: string): Promise<string[]> {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.goto(path);
  await isShown(page);
  await page.evaluate(axe.source);
  const faults: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator('html.dark')).toHaveCount(colorScheme === 'dark' ? 1 : 0);
    for (const [width, size] of Object.entries(widths)) {
      await page.setViewportSize(size);
      const found = await violations(page, colorScheme === 'light' ? {} : colours);
      faults.push(...found.map((fault) => `${path}, ${colorScheme}, ${width}: ${fault}`));
    }
  }
  return faults;
}

test.afterEach(async ({ page }) => {
  await deleteAllWebhooks(page.request);
});

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
