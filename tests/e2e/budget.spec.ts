import { expect } from '@playwright/test';
import { test } from '../support/e2e.ts';
import { allPages, isShown, sampleData } from '../support/pages.ts';
import { scriptBytes } from '../support/scriptBytes.ts';
import { deleteAllWebhooks, signIn } from '../support/session.ts';

/*
 * What a page may cost: 200 KB of compressed JavaScript on its first load.
 */

const firstLoad = 200_000;
/** The editor comes after the page, and only there. */
const editor = 160_000;
/** The two pages with the whole form of a webhook are still over it. */
const form = 215_000;
/** What comes after the page by itself: the sheet or the charts that the address names. */
const after = 20_000;

test.afterEach(async ({ page }) => {
  await deleteAllWebhooks(page.request);
});

test('no page fetches more than 200 KB of JavaScript', async ({ page, local, receiver }) => {
  const kilobytes: Record<string, { first: string; later: string }> = {};
  const over: string[] = [];
  const weigh = async (path: string) => {
    const { first, later } = await scriptBytes(page, path, () => isShown(page));
    const name = path.replace(/[0-9a-f-]{36}/g, 'id');
    kilobytes[name] = { first: (first / 1000).toFixed(1), later: (later / 1000).toFixed(1) };
    const spared = path.endsWith('/transformation') ? editor : 0;
    const most = /^\/webhooks\/(new|[^/]+\/settings)$/.test(path) ? form : firstLoad;
    if (first > most || Math.max(later - spared, 0) + first > most + after) over.push(name);
    expect(first).toBeGreaterThan(50_000); // a page without scripts would prove nothing
  };
  await weigh('/login');
  await signIn(page.request, local.admin);
  for (const path of allPages(await sampleData(page.request, receiver.url))) await weigh(path);
  console.table(kilobytes);
  expect(over).toEqual([]);
});
