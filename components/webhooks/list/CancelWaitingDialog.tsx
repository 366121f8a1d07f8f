'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import type { RefObject } from 'react';
import { deliveryKeys } from '@/lib/api/deliveries';
import { cancelWaiting, followJob } from '@/lib/api/jobs';
import { useProblemText } from '../../shell/useProblemText';
import { AlertDialog } from '../../ui/AlertDialog';
import { Banner } from '../../ui/Banner';
import { toast } from '../../ui/toast';
import { useWaitingCount } from './useWaitingCount';

type CancelWaitingDialogProps = {
  webhook: { id: string; name: string };
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Where focus goes on closing. */
  returnFocusTo?: RefObject<HTMLElement | null>;
};

/** Takes all that waits for a webhook out of the queue; the number is asked for at this moment, or said to be unknown. */
export function CancelWaitingDialog({
  webhook,
  open,
  onOpenChange,
  returnFocusTo,
}: CancelWaitingDialogProps) {
  const t = useTranslations('webhooks.cancelWaiting');
  const client = useQueryClient();
  const problemText = useProblemText();
  const waiting = useWaitingCount(webhook.id, open);
  const cancel = useMutation({
    mutationFn: () => cancelWaiting(webhook.id),
    onSuccess: (job) => {
      onOpenChange(false);
      toast.success(t('done'));
      followJob(client, job);
    },
    onSettled: () => client.invalidateQueries({ queryKey: deliveryKeys.all }),
  });
  return (
    <AlertDialog
      returnFocusTo={returnFocusTo}
      open={open}
      onOpenChange={onOpenChange}
      danger
      title={t('title', { name: webhook.name })}
      description={
        <div className="flex flex-col gap-2">
          <p>{t('description')}</p>
          <p aria-live="polite" className="font-medium">
            {typeof waiting === 'number' ? t('count', { count: waiting }) : t(waiting)}
          </p>
        </div>
      }
      confirmLabel={t('confirm')}
      keepLabel={t('keep')}
      pending={cancel.isPending}
      onConfirm={() => cancel.mutate()}
    >
      {cancel.error && (
        <Banner tone="danger" alert>
          {problemText(cancel.error)}
        </Banner>
      )}
    </AlertDialog>
  );
}
