import { rmSync } from 'node:fs';
import type { FullConfig } from '@playwright/test';
import { openDataDir } from '../../scripts/stack/dataDir.ts';
import { sendLiteToItsLog } from '../../scripts/stack/quietLite.ts';
import { type RunningStack, startStack } from '../../scripts/stack/stack.ts';
import { dataDirOfWorker } from './e2e.ts';
import { temporaryDataDir } from './temporaryDataDir.ts';

/** Starts the product for each worker, as `npm start` does, with throw-away data; `local` tells a test of its own. */
export default async function setup({ workers }: FullConfig): Promise<() => Promise<void>> {
  const dataDir = temporaryDataDir();
  sendLiteToItsLog(dataDir);
  process.env.DEVLINK_DATA_DIR = dataDir;
  const stacks: RunningStack[] = [];
  const stop = async () => {
    await Promise.all(stacks.map((stack) => stack.stop()));
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    // One after the other: the first one builds the app where it is not built.
    for (let worker = 0; worker < workers; worker++) {
      const env = { ...process.env, PORT: undefined, SUPABASE_URL: undefined, WEBHOOKS_SENDS_MAIL: 'true' };
      const own = openDataDir(dataDirOfWorker(worker));
      stacks.push(
        await startStack({ mode: 'start', dataDir: own, env, signal: new AbortController().signal }),
      );
    }
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}
