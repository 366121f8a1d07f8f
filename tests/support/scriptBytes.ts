import type { Page } from '@playwright/test';

export interface Scripts {
  /** Compressed bytes of the scripts that the page's HTML names. */
  own: number;
  /** Compressed bytes of what those fetched until the page was still. */
  later: number;
}

/** The compressed bytes of JavaScript, without HTTP headers, that a first visit of `path` fetches. */
export async function scriptsOf(page: Page, path: string, isShown: () => Promise<void>): Promise<Scripts> {
  // A first visit: nothing is in the cache.
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Network.enable');
  await devtools.send('Network.setCacheDisabled', { cacheDisabled: true });
  const fetched: Promise<{ url: string; bytes: number; gzip: boolean }>[] = [];
  page.on('requestfinished', (request) => {
    if (request.resourceType() !== 'script') return;
    fetched.push(
      (async () => {
        const encoding = await (await request.response())?.headerValue('content-encoding');
        const { responseBodySize } = await request.sizes();
        return { url: request.url(), bytes: responseBodySize, gzip: encoding === 'gzip' };
      })(),
    );
  });
  const html = (await (await page.goto(path))?.text()) ?? '';
  await isShown();
  // Until no script has come for a second.
  for (let seen = -1; seen !== fetched.length; ) {
    seen = fetched.length;
    await page.waitForTimeout(1000);
  }
  const scripts = await Promise.all(fetched);
  await devtools.detach();
  page.removeAllListeners('requestfinished');
  const sum = (wanted: boolean) =>
    scripts
      .filter(({ url }) => html.includes(new URL(url).pathname) === wanted)
      .reduce((total, { bytes }) => total + bytes, 0);
  return { own: sum(true), later: sum(false) };
}
