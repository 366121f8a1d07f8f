import { type Erasure, erasureSchema } from '@/lib/domain/erasure';
import { sessionClient } from './sessionClient';
import { unwrap } from './storeError';

/** Erases what is kept of a record, as the person behind the request. @throws WebhookError `validation_failed` */
export async function eraseRecord(recordId: string): Promise<Erasure> {
  const client = await sessionClient();
  return erasureSchema.parse(unwrap(await client.rpc('erase_webhook_record', { record_id: recordId })));
}
