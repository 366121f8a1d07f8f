import { WebhookError } from '@/lib/domain/errors';
import type { Page } from '@/lib/domain/page';
import {
  type ScriptDraft,
  type ScriptVersion,
  type ScriptVersionDetail,
  scriptDraftSchema,
  scriptVersionDetailSchema,
  scriptVersionSchema,
  shadowExampleSchema,
} from '@/lib/domain/script';
import { readablePage, readableRows } from './readableRows';
import { sessionClient } from './sessionClient';
import { columnsOf } from './storeClient';
import { unwrap } from './storeError';

/*
 * Everything here runs as the person behind the request: row-level security answers only to administrators.
 */

const storedVersionSchema = scriptVersionDetailSchema.omit({ mine: true });
const storedDraftSchema = scriptDraftSchema.omit({ mine: true, examples: true });

/** Whose `mine` is meant. */
const markedFor = <Row extends { saved_by: string | null }>(row: Row, userId: string) => ({
  ...row,
  mine: row.saved_by === userId,
});

/** Newest first. */
export async function listVersions(
  webhookId: string,
  userId: string,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<Page<ScriptVersion>> {
  const client = await sessionClient();
  let query = client
    .from('webhook_script_versions')
    .select('id, saved_by, saved_at')
    .eq('webhook_id', webhookId)
    .order('id', { ascending: false })
    .limit(limit + 1);
  if (cursor) query = query.lt('id', cursor);
  const rows = unwrap(await query).map((row) => markedFor(row, userId));
  return readablePage(scriptVersionSchema, rows, 'webhook_script_versions', limit);
}

/** @throws WebhookError `not_found` */
export async function getVersion(
  webhookId: string,
  versionId: string,
  userId: string,
): Promise<ScriptVersionDetail> {
  const client = await sessionClient();
  const row = unwrap(
    await client
      .from('webhook_script_versions')
      .select(columnsOf('webhook_script_versions', storedVersionSchema))
      .eq('webhook_id', webhookId)
      .eq('id', versionId)
      .maybeSingle(),
  );
  if (row === null) throw new WebhookError('not_found');
  return markedFor(storedVersionSchema.parse(row), userId);
}

/** Null: the webhook has none. */
export async function getDraft(webhookId: string, userId: string): Promise<ScriptDraft | null> {
  const client = await sessionClient();
  const row = unwrap(
    await client
      .from('webhook_script_drafts')
      .select(columnsOf('webhook_script_drafts', storedDraftSchema))
      .eq('webhook_id', webhookId)
      .maybeSingle(),
  );
  const draft = storedDraftSchema.nullable().parse(row);
  if (draft === null) return null;
  const examples = unwrap(
    await client
      .from('webhook_shadow_examples')
      .select(columnsOf('webhook_shadow_examples', shadowExampleSchema))
      .eq('draft_id', draft.id)
      .order('id', { ascending: false })
      .limit(10),
  );
  return {
    ...markedFor(draft, userId),
    examples: readableRows(shadowExampleSchema, examples, 'webhook_shadow_examples'),
  };
}

/** Saves a draft in place of the one the webhook had. @throws WebhookError `webhook_not_found` */
export async function saveDraft(webhookId: string, script: string): Promise<void> {
  const client = await sessionClient();
  unwrap(await client.rpc('save_webhook_script_draft', { webhook_id: webhookId, script }));
}

/** @throws WebhookError `webhook_not_found`, `draft_not_found` */
export async function publishDraft(webhookId: string, draftId: string): Promise<void> {
  const client = await sessionClient();
  unwrap(await client.rpc('publish_webhook_script_draft', { webhook_id: webhookId, draft_id: draftId }));
}

/** @throws WebhookError `draft_not_found` */
export async function discardDraft(webhookId: string, draftId: string): Promise<void> {
  const client = await sessionClient();
  unwrap(await client.rpc('discard_webhook_script_draft', { webhook_id: webhookId, draft_id: draftId }));
}
