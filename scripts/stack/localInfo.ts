import { rmSync } from 'node:fs';
import path from 'node:path';
import type { Backend } from './backend.ts';
import { readIfPresent, writePrivateFile } from './machine/dataDir.ts';
import { holderOf } from './machine/runLock.ts';

/** What `local.json` tells scripts and tests while the stack runs. */
export interface LocalInfo extends Backend {
  url: string;
}

const fileOf = (dataDir: string) => path.join(dataDir, 'local.json');

export const writeLocalInfo = (dataDir: string, info: LocalInfo): void =>
  writePrivateFile(fileOf(dataDir), `${JSON.stringify(info, null, 2)}\n`);

export const removeLocalInfo = (dataDir: string): void => rmSync(fileOf(dataDir), { force: true });

/** The stack that runs on this very folder; null when none does, or none is ready: a copied file speaks of another folder's. */
export function runningStack(dataDir: string): LocalInfo | null {
  if (holderOf(dataDir) === null) return null;
  const text = readIfPresent(fileOf(dataDir));
  return text === null ? null : (JSON.parse(text) as LocalInfo);
}
