import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test as base } from '@playwright/test';
import type { LocalInfo } from '../../scripts/stack/localInfo.ts';
import { type Receiver, startReceiver } from './receiver.ts';

/** The data folder of a worker's own stack. @param index from 0, and no more than one test at a time has it */
export const dataDirOfWorker = (index: number): string =>
  path.join(process.env.DEVLINK_DATA_DIR ?? '', `worker-${index}`);

interface Fixtures {
  /** The data folder of the running product. */
  dataDir: string;
  /** Addresses, keys and the administrator's sign-in of the running product. */
  local: LocalInfo;
  /** A receiver of this test's own. */
  receiver: Receiver;
}

/** Playwright's test, with the product's address as base URL. */
export const test = base.extend<Fixtures>({
  dataDir: async ({ browserName: _ }, use, { parallelIndex }) => use(dataDirOfWorker(parallelIndex)),
  local: async ({ dataDir }, use) => {
    const file = path.join(dataDir, 'local.json');
    await use(JSON.parse(readFileSync(file, 'utf8')) as LocalInfo);
  },
  baseURL: async ({ local }, use) => use(local.url),
  receiver: async ({ browserName: _ }, use) => {
    const receiver = await startReceiver();
    await use(receiver);
    await receiver.close();
  },
});
