import { WebhookError } from '@/lib/domain/errors';
import type { Page } from '@/lib/domain/page';
import type { DraftAnswer, ScriptVersion } from '@/lib/domain/script';
import type { Webhook } from '@/lib/domain/webhook';
import { noticeDrafts } from '@/lib/engine/shadow';
import { checkScript } from '@/lib/sandbox/transformSandbox';
import * as store from '@/lib/store/scriptStore';
import { getWebhook } from '@/lib/store/webhookStore';
import { webhookService } from './webhookService';

/** The scripts that a webhook had, and the one it may get. Acts for the person behind the current request. */
export const scriptService = {
  /** @throws WebhookError `not_found` */
  version: store.getVersion,

  /** Newest first: the first one is what the webhook has. @throws WebhookError `webhook_not_found` */
  async versions(
    webhookId: string,
    userId: string,
    page: { cursor?: string | undefined; limit: number },
  ): Promise<Page<ScriptVersion>> {
    const [versions] = await Promise.all([
      store.listVersions(webhookId, userId, page),
      getWebhook(webhookId), // an unknown id is refused, not answered with nothing
    ]);
    return versions;
  },

  /**
   * Saves a former script again: with that it is the newest version, and nothing is lost.
   * @throws WebhookError `not_found`, `validation_failed`
   */
  async restore(webhookId: string, versionId: string, userId: string): Promise<Webhook> {
    const { script } = await store.getVersion(webhookId, versionId, userId);
    return webhookService.update(webhookId, { transform_script: script });
  },

  /** @throws WebhookError `webhook_not_found` */
  async draft(webhookId: string, userId: string): Promise<DraftAnswer> {
    const [draft] = await Promise.all([store.getDraft(webhookId, userId), getWebhook(webhookId)]);
    return { draft };
  },

  /** Saves a draft in place of the one before. @throws WebhookError `webhook_not_found`, `validation_failed` */
  async saveDraft(webhookId: string, script: string, userId: string): Promise<DraftAnswer> {
    const check = await checkScript(script, webhookId);
    if (!check.ok) {
      const { message, line, column } = check;
      throw new WebhookError('validation_failed', {
        errors: [{ path: 'script', code: 'script_syntax', message, line, column }],
      });
    }
    await store.saveDraft(webhookId, script);
    noticeDrafts();
    return { draft: await store.getDraft(webhookId, userId) };
  },

  /** Makes the draft the live script. @throws WebhookError `webhook_not_found`, `draft_not_found` */
  async publishDraft(webhookId: string, draftId: string): Promise<Webhook> {
    await store.publishDraft(webhookId, draftId);
    noticeDrafts();
    return getWebhook(webhookId);
  },

  /** Throws the draft away. @throws WebhookError `draft_not_found` */
  async discardDraft(webhookId: string, draftId: string): Promise<void> {
    await store.discardDraft(webhookId, draftId);
    noticeDrafts();
  },
};
