'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import type { RefObject } from 'react';
import { jobKeys } from '@/lib/api/jobs';
import { deleteWebhook, webhookKeys } from '@/lib/api/webhooks';
import { useProblemText } from '../../shell/useProblemText';
import { AlertDialog } from '../../ui/AlertDialog';
import { toast } from '../../ui/toast';
import { useWaitingCount } from './useWaitingCount';

type DeleteDialogProps = {
  webhook: { id: string; name: string };
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Where focus goes on closing. */
  returnFocusTo?: RefObject<HTMLElement | null>;
  onDeleted?: () => void;
};

/** Asks, and says what is lost. */
export function DeleteDialog({ webhook, open, onOpenChange, returnFocusTo, onDeleted }: DeleteDialogProps) {
  const t = useTranslations('webhooks');
  const client = useQueryClient();
  const problemText = useProblemText();
  const waiting = useWaitingCount(webhook.id, open);
  const remove = useMutation({
    mutationFn: () => deleteWebhook(webhook.id),
    onSuccess: () => {
      onOpenChange(false);
      toast.success(t('actions.deleted', { name: webhook.name }));
      onDeleted?.();
      client.removeQueries({ queryKey: webhookKeys.one(webhook.id) });
      void client.invalidateQueries({ queryKey: jobKeys.all });
      return client.invalidateQueries({ queryKey: ['webhooks', 'list'] });
    },
    onError: (error) => toast.error(problemText(error)),
  });
  return (
    <AlertDialog
      returnFocusTo={returnFocusTo}
      open={open}
      onOpenChange={onOpenChange}
      danger
      title={t('delete.title', { name: webhook.name })}
      description={
        <div className="flex flex-col gap-2">
          <p>{t('delete.description')}</p>
          <p aria-live="polite">
            {typeof waiting === 'number'
              ? t('delete.waiting', { count: waiting })
              : t(`delete.waitingAs.${waiting}`)}
          </p>
          <p>{t('delete.log')}</p>
        </div>
      }
      confirmLabel={t('delete.confirm')}
      pending={remove.isPending}
      onConfirm={() => remove.mutate()}
    />
  );
}
