import type { Page, Request } from '@playwright/test';

export interface Scripts {
  /** Compressed bytes of the scripts that the page's HTML names: its first load. */
  first: number;
  /** Compressed bytes of the scripts that those fetched, without anybody's doing, until the page was still. */
  later: number;
}

/**
 * The compressed bytes of JavaScript, without HTTP headers, that a visit of `path` with an empty cache fetches.
 * @param shown resolves when the page's content is there
 */
export async function scriptBytes(page: Page, path: string, shown: () => Promise<void>): Promise<Scripts> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  const requests: Request[] = [];
  const collect = (request: Request) => {
    if (request.resourceType() === 'script') requests.push(request);
  };
  page.on('requestfinished', collect);
  const html = (await (await page.goto(path))?.text()) ?? '';
  await shown();
  // Still: no script has come for a while.
  for (let seen = -1; seen !== requests.length; await page.waitForTimeout(500)) seen = requests.length;
  page.off('requestfinished', collect);
  await devtools.detach();
  const bytes: Scripts = { first: 0, later: 0 };
  for (const request of requests) {
    const named = html.includes(new URL(request.url()).pathname);
    bytes[named ? 'first' : 'later'] += (await request.sizes()).responseBodySize;
  }
  return bytes;
}
