import { expect, type Page } from '@playwright/test';
import axe, { type AxeResults, type RunOptions } from 'axe-core';

const widths = { narrow: { width: 390, height: 844 }, wide: { width: 1440, height: 900 } };
/** A theme changes colours and nothing else. */
const colours: RunOptions = { runOnly: ['color-contrast'] };

async function violations(page: Page, options: RunOptions): Promise<string[]> {
  const found = await page.evaluate(
    (given) => (window as unknown as { axe: typeof axe }).axe.run(document, given) as Promise<AxeResults>,
    { ...options, resultTypes: ['violations' as const] },
  );
  return found.violations.map(({ id, nodes }) => `${id} ${nodes[0]?.html.slice(0, 160)}`);
}

/**
 * The accessibility faults of the page as it stands, in both themes, narrow and wide: theme and width change under
 * it, as they do on a person's desk. Leaves it wide and light.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const faults: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator('html.dark')).toHaveCount(colorScheme === 'dark' ? 1 : 0);
    for (const [width, size] of Object.entries(widths)) {
      await page.setViewportSize(size);
      const found = await violations(page, colorScheme === 'light' ? {} : colours);
      faults.push(...found.map((fault) => `${colorScheme}, ${width}: ${fault}`));
    }
  }
  return faults;
}
