'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { updateWebhook, webhookKeys, webhookQuery } from '@/lib/api/webhooks';
import { WebhookError } from '@/lib/domain/errors';
import type { Webhook } from '@/lib/domain/webhook';
import {
  changedSettings,
  decided,
  type Setting,
  type SettingConflict,
  type Settings,
  settingConflicts,
} from './settingConflicts';

/** Which of one's own values to keep; null to save nothing for now. */
type Decision = ReadonlySet<Setting> | null;
export type ConflictQuestion = { conflicts: SettingConflict[]; answer: (decision: Decision) => void };

/**
 * Saves settings only over what they were started from. Where somebody else saved meanwhile, `question` is to be
 * put to the person, and the saving goes on with the answer.
 */
export function useConditionalSave(webhookId: string) {
  const client = useQueryClient();
  const [question, setQuestion] = useState<ConflictQuestion | null>(null);
  const ask = async (conflicts: SettingConflict[]) => {
    const decision = await new Promise<Decision>((answer) => setQuestion({ conflicts, answer }));
    setQuestion(null);
    return decision;
  };
  /**
   * @param base what `mine` was started from
   * @returns what is stored now
   */
  const save = async (mine: Settings, base: Webhook): Promise<Webhook> => {
    const patch = changedSettings(mine, base);
    if (Object.keys(patch).length === 0) return base;
    try {
      const stored = await updateWebhook(webhookId, patch, base.version);
      // What was asked for before may arrive after, and be older.
      await client.cancelQueries({ queryKey: webhookKeys.one(webhookId) });
      client.setQueryData(webhookKeys.one(webhookId), stored);
      void client.invalidateQueries({ queryKey: ['webhooks', 'list'] });
      return stored;
    } catch (error) {
      if (!(error instanceof WebhookError && error.code === 'changed_meanwhile')) throw error;
      const theirs = await client.fetchQuery({ ...webhookQuery(webhookId), staleTime: 0 });
      const conflicts = settingConflicts(base, mine, theirs);
      // Nothing of theirs is at stake, such as after a switch-off by the system.
      if (conflicts.length === 0) return save(mine, theirs);
      const kept = await ask(conflicts);
      if (!kept) throw error;
      return save(decided(mine, conflicts, kept), theirs);
    }
  };
  return { save, question };
}
