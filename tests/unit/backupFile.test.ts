import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { packTar } from 'modern-tar';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { LaunchError } from '../../scripts/stack/machine/launchError';
import { readBackup, writeBackup } from '../../scripts/stack/postgres/backupFile';

/*
 * An altered backup is refused wherever it is altered: in a length, a name, a checksum, or in a block that unpacks all the same.
 */

const label = {
  format: 1,
  version: '1.2.3',
  schema: '20260101000000',
  made_at: '2026-01-01T00:00:00Z',
} as const;
const files = { 'secrets.json': '{"a":1}' };
let folder: string;
let whole: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'devlink-backup-file-'));
  whole = path.join(folder, 'whole.tar.gz');
  const file = (name: string, body: Uint8Array | string) => ({
    header: { name, size: Buffer.byteLength(body) },
    body,
  });
  const archive = await packTar([
    file('PG_VERSION', '18'),
    file('backup_label', 'x'),
    file('global/pg_control', randomBytes(8192)),
    // What does not become smaller is stored as it is: the archive's own structure then has the altered byte.
    ...Array.from({ length: 40 }, (_, n) =>
      file(`base/${n}`, n % 2 ? randomBytes(20_000) : 'text '.repeat(20_000)),
    ),
  ]);
  await writeBackup(whole, {
    label,
    files,
    takeDatabase: (take) => take(Readable.from([Buffer.from(archive)])),
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const target = () => {
  const into = path.join(folder, 'into');
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into);
  return { folder: into, fileNames: Object.keys(files), accept: () => {} };
};

it('what was written is read again', async () => {
  const into = target();
  expect(await readBackup(whole, into)).toEqual(label);
  expect(readFileSync(path.join(into.folder, 'secrets.json'), 'utf8')).toBe(files['secrets.json']);
  expect(readFileSync(path.join(into.folder, 'data/base/0'), 'utf8')).toBe('text '.repeat(20_000));
  expect(existsSync(`${whole}.partial`)).toBe(false);
});

it('altered anywhere, or cut off anywhere, it is refused', async () => {
  const bytes = readFileSync(whole);
  const altered = path.join(folder, 'altered.tar.gz');
  for (let n = 1; n < 50; n++) {
    const at = 10 + Math.floor(((bytes.length - 10) * n) / 50); // behind gzip's own first bytes, of which some mean nothing
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 0x55;
    for (const content of [copy, bytes.subarray(0, at)]) {
      writeFileSync(altered, content);
      await expect(readBackup(altered, target()), `at ${at}`).rejects.toThrow(LaunchError);
    }
  }
});
