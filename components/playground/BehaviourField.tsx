'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { toast } from 'sonner';
import { inboxListQuery, playgroundKeys, updateInbox } from '@/lib/api/playground';
import {
  type InboxBehaviour,
  inboxBehaviours,
  retryAfterSeconds,
  slowAnswerMs,
} from '@/lib/domain/inboxAnswer';
import type { InboxView } from '@/lib/domain/playground';
import { useProblemText } from '../shell/useProblemText';
import { Field } from '../ui/Field';
import { Select } from '../ui/Select';

/** How the inbox answers from now on: saved at once, and back to what it was when the server says no. */
export function BehaviourField({ inbox }: { inbox: InboxView }) {
  const t = useTranslations('playground.behaviour');
  const client = useQueryClient();
  const problemText = useProblemText();
  const change = useMutation({
    mutationFn: (behaviour: InboxBehaviour) => updateInbox(inbox.id, { behaviour }),
    onSuccess: (updated) => {
      client.setQueryData(inboxListQuery.queryKey, (inboxes) =>
        inboxes?.map((other) => (other.id === updated.id ? { ...other, ...updated } : other)),
      );
    },
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: playgroundKeys.inboxes }),
  });
  const shown = change.isPending ? change.variables : inbox.behaviour;
  const hint = t(`hint.${shown}`, { seconds: shown === 'slow' ? slowAnswerMs / 1000 : retryAfterSeconds });
  return (
    <Field label={t('label')} hint={hint}>
      <Select
        value={shown}
        onValueChange={(value) => change.mutate(value as InboxBehaviour)}
        options={inboxBehaviours.map((value) => ({ value, label: t(`name.${value}`) }))}
      />
    </Field>
  );
}
