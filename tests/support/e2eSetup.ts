import { rmSync } from 'node:fs';
import type { FullConfig } from '@playwright/test';
import { sendLiteToItsLog } from '../../scripts/stack/api/quietLite.ts';
import { buildApp, buildIsFresh } from '../../scripts/stack/app/appBuild.ts';
import { openDataDir } from '../../scripts/stack/machine/dataDir.ts';
import { startStack } from '../../scripts/stack/stack.ts';
import { dataDirOfWorker, portOfWorker } from './e2e.ts';
import { temporaryDataDir } from './temporaryDataDir.ts';

/** Starts the product for each worker, as `npm start` does, with throw-away data; `local` tells a test of its own. */
export default async function setup({ workers }: FullConfig): Promise<() => Promise<void>> {
  const dataDir = temporaryDataDir();
  sendLiteToItsLog(dataDir);
  process.env.DEVLINK_DATA_DIR = dataDir;
  const { signal } = new AbortController();
  if (!buildIsFresh()) await buildApp(dataDir, signal); // once, for all
  const start = async (worker: number) => {
    const PORT = await portOfWorker(worker);
    // Nothing is mailed; the tests read the links where the auth server keeps them.
    const env = { ...process.env, PORT, SUPABASE_URL: undefined, WEBHOOKS_SENDS_MAIL: 'true' };
    return startStack({ mode: 'start', dataDir: openDataDir(dataDirOfWorker(worker)), env, signal });
  };
  const starts = await Promise.allSettled(Array.from({ length: workers }, (_, worker) => start(worker)));
  const stop = async () => {
    await Promise.all(starts.map((start) => start.status === 'fulfilled' && start.value.stop()));
    rmSync(dataDir, { recursive: true, force: true });
  };
  for (const start of starts) {
    if (start.status === 'fulfilled') continue;
    await stop();
    throw start.reason;
  }
  return stop;
}
