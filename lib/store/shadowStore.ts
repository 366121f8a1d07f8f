import { z } from 'zod';
import type { ShadowExample, ShadowOutcome } from '@/lib/domain/script';
import { adminClient } from './adminClient';
import { unwrap } from './storeError';

/*
 * What a drain asks and tells of drafts, as the service itself, beside the exchange and never in it.
 */

/** Drafts that are run; more at a time nobody has. */
const mostDrafts = 1000;

/** Which webhooks have a draft. */
export async function listDrafts(): Promise<{ id: string; webhook_id: string }[]> {
  return unwrap(
    await adminClient()
      .from('webhook_script_drafts')
      .select('id, webhook_id')
      .order('id', { ascending: false })
      .limit(mostDrafts),
  );
}

const storedScript = z.object({ script: z.string() });

/** Null: it is gone. */
export async function draftScript(draftId: string): Promise<string | null> {
  const row = unwrap(
    await adminClient().from('webhook_script_drafts').select('script').eq('id', draftId).maybeSingle(),
  );
  return storedScript.nullable().parse(row)?.script ?? null;
}

/** What of a run is kept for people. */
export type KeptRun = Pick<
  ShadowExample,
  'event_id' | 'event_type' | 'live' | 'draft' | 'live_error' | 'draft_error'
>;

/** Counts a run; with an example, keeps it. Nothing of a draft that is gone. */
export async function noteRun(
  draftId: string,
  outcome: ShadowOutcome,
  example: KeptRun | null,
): Promise<void> {
  unwrap(await adminClient().rpc('note_webhook_shadow_run', { draft_id: draftId, outcome, example }));
}
