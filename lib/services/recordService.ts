import type { FoundRecord, RecordRow } from '@/lib/domain/record';
import * as store from '@/lib/store/recordStore';

/** As many as anybody looks through while typing. */
const mostFound = 8;

/** What events are about. Acts for the person behind the current request. */
export const recordService = {
  /** The records whose events have all these words. @throws WebhookError `too_many_requests` */
  async search(text: string): Promise<{ items: FoundRecord[] }> {
    return { items: await store.searchRecords(text.split(/\s+/).filter(Boolean), mostFound) };
  },

  /** A record as it is now in the tables that tell their changes. */
  async rows(recordId: string): Promise<{ items: RecordRow[] }> {
    return { items: await store.findRows(recordId) };
  },
};
