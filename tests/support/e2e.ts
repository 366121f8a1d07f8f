import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test as base, type Page, type Response, request } from '@playwright/test';
import type { LocalInfo } from '../../scripts/stack/localInfo.ts';
import { freePort } from '../../scripts/stack/machine/freePort.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { type Session, signIn } from './session.ts';

/** The data folder of a worker's own stack. @param index from 0, and no more than one test at a time has it */
export const dataDirOfWorker = (index: number): string =>
  path.join(process.env.DEVLINK_DATA_DIR ?? '', `worker-${index}`);

/** For PORT: a free one that no other worker looks at, so that apps which start at the same time do not want the same. */
export const portOfWorker = async (index: number): Promise<string> =>
  String(await freePort(3100 + 20 * index));

interface WorkerFixtures {
  /** The data folder of the running product. */
  dataDir: string;
  /** Addresses, keys and the administrator's sign-in of the running product. */
  local: LocalInfo;
  /** The administrator's session, signed in once. */
  adminSession: Session;
}

interface Fixtures {
  /** A receiver of this test's own. */
  receiver: Receiver;
  /** Says with a test that failed what the product logged meanwhile. */
  productLog: undefined;
}

/** How much of a log is worth reading beside a failure, in characters. */
const longestExcerpt = 20_000;

/**
 * Pages come with their content before they answer: whoever goes to one waits until it does, as people do who look where
 * to click. Not with `waitUntil: 'commit'`, for what is about the time before.
 */
function waitUntilReady(page: Page): void {
  const isReady = async (response: Response | null) => {
    if (!response?.headers()['content-type']?.startsWith('text/html')) return;
    // And until React has put what came last in its place: what is still hidden cannot have the focus.
    await page.locator('html[data-ready]:not(:has([hidden][id^="S:"]))').waitFor({ state: 'attached' });
  };
  const [goto, reload] = [page.goto.bind(page), page.reload.bind(page)];
  page.goto = async (url, options) => {
    const response = await goto(url, options);
    if (options?.waitUntil !== 'commit') await isReady(response);
    return response;
  };
  page.reload = async (options) => {
    const response = await reload(options);
    await isReady(response);
    return response;
  };
}

/** Playwright's test, with the product's address as base URL. */
export const test = base.extend<Fixtures, WorkerFixtures>({
  page: async ({ page }, use) => {
    waitUntilReady(page);
    await use(page);
  },
  dataDir: [
    async ({ browserName: _ }, use, { parallelIndex }) => use(dataDirOfWorker(parallelIndex)),
    { scope: 'worker' },
  ],
  local: [
    async ({ dataDir }, use) =>
      use(JSON.parse(readFileSync(path.join(dataDir, 'local.json'), 'utf8')) as LocalInfo),
    { scope: 'worker' },
  ],
  adminSession: [
    async ({ local }, use) => {
      const api = await request.newContext({ baseURL: local.url });
      await signIn(api, local.admin);
      const session = await api.storageState();
      await api.dispose();
      await use(session);
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ local }, use) => use(local.url),
  productLog: [
    async ({ dataDir }, use, testInfo) => {
      const file = path.join(dataDir, 'logs/app.log');
      const before = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      await use(undefined);
      if (testInfo.status === testInfo.expectedStatus) return;
      const log = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
      // A log that is shorter now was begun anew.
      const written = String(log.subarray(log.length < before ? 0 : before)).slice(-longestExcerpt);
      console.error(`What the product logged during "${testInfo.title}":\n${written || 'nothing'}`);
    },
    { auto: true },
  ],
  receiver: async ({ browserName: _ }, use) => {
    const receiver = await startReceiver();
    await use(receiver);
    await receiver.close();
  },
});

/**
 * The same, signed in as the administrator, in a session that others use too. What it makes with `newContext` is
 * signed in as well, unless it is given the session of `nobody`.
 */
export const signedInTest = test.extend({
  storageState: async ({ adminSession }, use) => use(adminSession),
});
