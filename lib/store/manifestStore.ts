import { z } from 'zod';
import { bodyDigest } from '@/lib/domain/bodyDigest';
import { buildBody } from '@/lib/domain/envelope';
import { isoTime } from '@/lib/domain/isoTime';
import { canonicalJson } from '@/lib/domain/jsonText';
import { type Page, toPage } from '@/lib/domain/page';
import { type ManifestItem, type ManifestRange, manifestItemSchema } from '@/lib/domain/reconciliation';
import { idFloor } from './deliveryStore';
import { sessionClient } from './sessionClient';
import { unwrap } from './storeError';

const storedItemSchema = manifestItemSchema.extend({
  occurred_at: isoTime.nullable(),
  format: z.enum(['envelope', 'raw']).nullable(),
  payload_text: z.string().nullable(),
});

/**
 * What the receiver took, newest first, with the SHA-256 of each body, as the person behind the request.
 * @throws WebhookError `webhook_not_found`
 */
export async function listManifest(
  webhookId: string,
  filter: ManifestRange & { cursor?: string | undefined; limit: number },
): Promise<Page<ManifestItem>> {
  const client = await sessionClient();
  const rows = unwrap(
    await client.rpc('list_webhook_manifest', {
      webhook_id: webhookId,
      most: filter.limit + 1,
      before_id: filter.cursor ?? null,
      from_id: filter.from ? idFloor(filter.from) : null,
      below: filter.to ? idFloor(filter.to) : null,
    }),
  );
  return toPage(z.array(storedItemSchema).parse(rows).map(withDigest), filter.limit);
}

function withDigest(stored: z.infer<typeof storedItemSchema>): ManifestItem {
  const { format, payload_text, occurred_at, ...item } = stored;
  if (format === null || payload_text === null || occurred_at === null) return item;
  const body = buildBody({
    format,
    eventType: item.event_type,
    payload: canonicalJson(payload_text),
    occurredAt: new Date(occurred_at),
  });
  return { ...item, sha256: bodyDigest(body) };
}
