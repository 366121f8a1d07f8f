import { chmodSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openDataDir } from '../../scripts/stack/machine/dataDir.ts';

/** A folder of the system's temporary folder that the database server's own account can pass through. */
export function temporaryDataDir(): string {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'devlink-test-'));
  chmodSync(dir, 0o755);
  return openDataDir(dir);
}
