import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import postgres from 'postgres';

/** Messages of a base backup begin with their kind; `d` is a piece of the archive, the others tell of it. */
const archiveData = 'd'.charCodeAt(0);

/**
 * The data of a running server as one tar archive, with the log that makes them whole: a server started on them is where
 * this one was as the archive ended. (https://www.postgresql.org/docs/18/protocol-replication.html, BASE_BACKUP)
 * @param url of a role that may replicate
 * @param take reads the archive to its end
 */
export async function takeBaseBackup(url: string, take: (archive: Readable) => Promise<void>): Promise<void> {
  const sql = postgres(url, {
    max: 1,
    fetch_types: false,
    connection: { replication: 'true' },
    onnotice: () => {},
  });
  // Each message is one chunk, from the connection's stream through the pipe; were two joined, the archive's own checksums would not hold.
  const archive = new Transform({
    transform: (message: Buffer, _, done) =>
      done(null, message[0] === archiveData ? message.subarray(1) : undefined),
  });
  try {
    const messages = await sql
      .unsafe(`BASE_BACKUP (LABEL 'devlink', CHECKPOINT 'fast', WAL true, MANIFEST 'no')`)
      .readable();
    await Promise.all([pipeline(messages, archive), take(archive)]);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
