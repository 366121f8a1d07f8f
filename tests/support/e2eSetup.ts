import { rmSync } from 'node:fs';
import { sendLiteToItsLog } from '../../scripts/stack/quietLite.ts';
import { startStack } from '../../scripts/stack/stack.ts';
import { temporaryDataDir } from './temporaryDataDir.ts';

/** Starts the product as `npm start` does, with throw-away data; tests find it through DEVLINK_DATA_DIR. */
export default async function setup(): Promise<() => Promise<void>> {
  const dataDir = temporaryDataDir();
  sendLiteToItsLog(dataDir);
  process.env.DEVLINK_DATA_DIR = dataDir;
  const env = { ...process.env, PORT: undefined, SUPABASE_URL: undefined, WEBHOOKS_SENDS_MAIL: 'true' };
  const stack = await startStack({ mode: 'start', dataDir, env, signal: new AbortController().signal });
  return async () => {
    await stack.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
}
