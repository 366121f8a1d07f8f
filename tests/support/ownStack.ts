import { rmSync } from 'node:fs';
import { test } from '@playwright/test';
import { type RunningStack, startStack } from '../../scripts/stack/stack.ts';
import { portOfWorker } from './e2e.ts';
import { temporaryDataDir } from './temporaryDataDir.ts';

/** A product of a test's own. */
export interface OwnStack {
  stack: RunningStack;
  dataDir: string;
  stop(): Promise<void>;
}

/** Starts a product for a test that kills it or configures it; `variables` are set for its app. */
export async function startOwnStack(variables: Record<string, string> = {}): Promise<OwnStack> {
  const dataDir = temporaryDataDir();
  const PORT = await portOfWorker(test.info().parallelIndex);
  const env = { ...process.env, PORT, SUPABASE_URL: undefined };
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables); // which the app inherits
  try {
    const stack = await startStack({ mode: 'start', dataDir, env, signal: new AbortController().signal });
    return {
      stack,
      dataDir,
      stop: async () => {
        await stack.stop();
        rmSync(dataDir, { recursive: true, force: true });
      },
    };
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
    }
  }
}
