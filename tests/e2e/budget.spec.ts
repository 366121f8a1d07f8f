import { expect } from '@playwright/test';
import { test } from '../support/e2e.ts';
import { allPages, isShown, sampleData } from '../support/pages.ts';
import { scriptBytes } from '../support/scriptBytes.ts';
import { deleteAllWebhooks, signIn } from '../support/session.ts';

/*
 * What a page may cost: 240 KB of compressed JavaScript on its first load.
 */

const firstLoad = 240_000;

/** What may follow a page by itself, and only there: its editor, its form, or the delivery that its address opens. */
function apartOf(path: string): number {
  // CodeMirror, with what a delivery’s JSON needs of the parts that both have; the list of versions, and the draft.
  if (path.endsWith('/transformation')) return 166_000;
  return /^\/webhooks\/(new|[^/]+\/settings)$|deliveries\/./.test(path) ? 40_000 : 0;
}

test.afterEach(async ({ page }) => {
  await deleteAllWebhooks(page.request);
});

test('no page fetches more than 240 KB of JavaScript', async ({ page, local, receiver }) => {
  const kilobytes: Record<string, { first: string; later: string }> = {};
  const over: string[] = [];
  const weigh = async (path: string) => {
    const { first, later } = await scriptBytes(page, path, () => isShown(page));
    const name = path.replace(/[0-9a-f-]{36}/g, 'id');
    kilobytes[name] = { first: (first / 1000).toFixed(1), later: (later / 1000).toFixed(1) };
    const apart = apartOf(path);
    // What nothing is allowed to follow has to be within the budget as a whole.
    const within = apart === 0 ? first + later <= firstLoad : first <= firstLoad && later <= apart;
    if (!within) over.push(name);
    expect(first).toBeGreaterThan(50_000); // a page without scripts would prove nothing
  };
  await weigh('/login');
  await signIn(page.request, local.admin);
  for (const path of allPages(await sampleData(page.request, receiver.url))) await weigh(path);
  console.table(kilobytes);
  expect(over).toEqual([]);
});
