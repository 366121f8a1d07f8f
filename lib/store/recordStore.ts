import { z } from 'zod';
import { type FoundRecord, foundRecordSchema, type RecordRow, recordRowSchema } from '@/lib/domain/record';
import { inSearchSlot } from './searchSlots';
import { sessionClient } from './sessionClient';
import { unwrap } from './storeError';

/*
 * Both read as the person behind the request: row-level security answers to administrators, and says which tables they may read.
 */

/** Those first of which something happened last. @throws WebhookError `too_many_requests` */
export async function searchRecords(words: string[], most: number): Promise<FoundRecord[]> {
  const client = await sessionClient();
  const response = await inSearchSlot(() => client.rpc('search_webhook_records', { words, most }));
  return z.array(foundRecordSchema).parse(unwrap(response));
}

/** The rows with this key, one for each attached table that has it. */
export async function findRows(recordId: string): Promise<RecordRow[]> {
  const client = await sessionClient();
  return z
    .array(recordRowSchema)
    .parse(unwrap(await client.rpc('find_webhook_rows', { record_id: recordId })));
}
