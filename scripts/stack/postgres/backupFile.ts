import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { ReadableStream } from 'node:stream/web';
import { createGunzip, createGzip } from 'node:zlib';
import { createTarDecoder, createTarPacker, type ParsedTarEntry } from 'modern-tar';
import { LaunchError } from '../machine/launchError.ts';

/*
 * A backup is one gzipped tar archive: what it is, the data folder's own files, and the server's data. It takes its name
 * once it is whole; what was cut off or altered since does not pass gzip's length and checksum.
 */

const labelName = 'devlink-webhooks-backup.json';
const databaseFolder = 'postgres/';

/** The first entry of a backup. */
export interface BackupLabel {
  format: 1;
  /** Of the product that made it. */
  version: string;
  /** The newest migration in its database. */
  schema: string;
  /** ISO 8601, UTC. */
  made_at: string;
}

interface Contents {
  label: BackupLabel;
  /** Files of the data folder, by name. */
  files: Record<string, string>;
  /** Hands the archive of the server's data to whoever takes it. */
  takeDatabase(take: (archive: Readable) => Promise<void>): Promise<void>;
}

/** Writes a backup that only its owner may read: it holds the keys. @throws LaunchError when there is such a file already */
export async function writeBackup(file: string, { label, files, takeDatabase }: Contents): Promise<void> {
  if (existsSync(file)) throw new LaunchError(`${file} existe déjà : choisissez un autre nom.`);
  const draft = `${file}.partial`;
  rmSync(draft, { force: true });
  const { readable, controller } = createTarPacker();
  const add = async (name: string, content: string) => {
    const bytes = Buffer.from(content);
    const writer = controller.add({ name, size: bytes.length, mode: 0o600, type: 'file' }).getWriter();
    await writer.write(bytes);
    await writer.close();
  };
  const fill = async () => {
    try {
      await add(labelName, `${JSON.stringify(label, null, 2)}\n`);
      for (const [name, content] of Object.entries(files)) await add(name, content);
      await takeDatabase(async (archive) => {
        for await (const { header, body } of entriesOf(archive)) {
          await body.pipeTo(controller.add({ ...header, name: databaseFolder + header.name }));
        }
      });
      controller.finalize();
    } catch (error) {
      controller.error(error);
      throw error;
    }
  };
  try {
    const output = createWriteStream(draft, { mode: 0o600, flush: true });
    await Promise.all([fill(), pipeline(Readable.fromWeb(readable as ReadableStream), createGzip(), output)]);
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Read as it is asked for: `Readable.toWeb` goes on handing over when the decoder has given up, and that ends the process. */
const entriesOf = (archive: AsyncIterable<Uint8Array>): AsyncIterable<ParsedTarEntry> =>
  (ReadableStream.from(archive) as globalThis.ReadableStream<Uint8Array>).pipeThrough(
    createTarDecoder(),
  ) as unknown as AsyncIterable<ParsedTarEntry>;

interface Target {
  /** An empty folder: the data folder's files come into it, the server's data into `data` below it. */
  folder: string;
  fileNames: readonly string[];
  /** Asked before anything is unpacked; throws when the backup is not for us. */
  accept(label: BackupLabel): void;
}

/** What a system says of names in an archive that was altered: the checksum, which would tell, is at its end. */
const ofBadNames = new Set(['EEXIST', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG', 'EINVAL']);

/** Unpacks a backup. @throws LaunchError when it is none, or is not whole */
export async function readBackup(file: string, target: Target): Promise<BackupLabel> {
  if (!existsSync(file)) throw new LaunchError(`${file} manque : donnez le fichier d’une sauvegarde.`);
  let label: BackupLabel | undefined;
  const unpack = async (archive: AsyncIterable<Uint8Array>) => {
    for await (const entry of entriesOf(archive)) {
      if (label) await place(entry, target);
      else {
        label = await readLabel(entry);
        target.accept(label);
      }
    }
    if (!label || !isWhole(target)) throw new Error('the archive lacks parts');
    return label;
  };
  try {
    return await pipeline(createReadStream(file), createGunzip(), unpack);
  } catch (cause) {
    const { syscall, code = '' } = cause as NodeJS.ErrnoException;
    if (cause instanceof LaunchError || (syscall && !ofBadNames.has(code))) throw cause;
    const what = label
      ? 'est une sauvegarde incomplète ou abîmée'
      : 'n’est pas une sauvegarde de DevLink Webhooks';
    throw new LaunchError(`${file} ${what} : choisissez-en une autre. Rien n’a été modifié.`, { cause });
  }
}

async function readLabel({ header, body }: ParsedTarEntry): Promise<BackupLabel> {
  if (header.name !== labelName || header.size > 10_000) throw new Error(`the first entry is ${header.name}`);
  return JSON.parse(await text(body as ReadableStream)) as BackupLabel;
}

async function place({ header, body }: ParsedTarEntry, { folder, fileNames }: Target): Promise<void> {
  const { name, type } = header;
  const ofDatabase = name.startsWith(databaseFolder) && !name.split('/').includes('..');
  if ((type !== 'file' && type !== 'directory') || !(ofDatabase || fileNames.includes(name)))
    throw new Error(`the archive holds ${name} (${type})`);
  const file = ofDatabase
    ? path.join(folder, 'data', name.slice(databaseFolder.length))
    : path.join(folder, name);
  if (type === 'directory') {
    await body.cancel();
    mkdirSync(file, { recursive: true, mode: 0o700 });
  } else {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    await pipeline(
      Readable.fromWeb(body as ReadableStream),
      createWriteStream(file, { mode: 0o600, flags: 'wx' }),
    );
  }
}

const isWhole = ({ folder, fileNames }: Target) =>
  [...fileNames, 'data/PG_VERSION', 'data/backup_label', 'data/global/pg_control'].every((name) =>
    existsSync(path.join(folder, name)),
  );
