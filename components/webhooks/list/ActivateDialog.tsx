'use client';

import { useTranslations } from 'next-intl';
import { type RefObject, useEffect, useEffectEvent, useState } from 'react';
import { AlertDialog } from '../../ui/AlertDialog';
import { RadioCards } from '../../ui/RadioCards';
import { useSetStatus } from './useSetStatus';
import { useWaitingCount } from './useWaitingCount';

type ActivateDialogProps = {
  webhook: { id: string; name: string };
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Where focus goes on closing. */
  returnFocusTo?: RefObject<HTMLElement | null>;
};

/** Activates at once when nothing waits; otherwise asks what becomes of what waits. */
export function ActivateDialog({ webhook, open, onOpenChange, returnFocusTo }: ActivateDialogProps) {
  const t = useTranslations('webhooks.activate');
  const [waiting, setWaiting] = useState<'send' | 'cancel'>('send');
  const setStatus = useSetStatus(webhook);
  const count = useWaitingCount(webhook.id, open);
  const activate = (choice: 'send' | 'cancel') =>
    setStatus.mutate({ status: 'active', waiting: choice }, { onSettled: () => onOpenChange(false) });
  const activateAtOnce = useEffectEvent(() => activate('send'));
  const nothingWaits = open && count === 0;
  useEffect(() => {
    if (nothingWaits) activateAtOnce();
  }, [nothingWaits]);
  return (
    <AlertDialog
      returnFocusTo={returnFocusTo}
      open={open && count !== 'counting' && count !== 0}
      onOpenChange={onOpenChange}
      title={t('title', { name: webhook.name })}
      description={typeof count === 'number' ? t('description', { count }) : t(`descriptions.${count}`)}
      confirmLabel={t('confirm')}
      pending={setStatus.isPending}
      onConfirm={() => activate(waiting)}
    >
      <RadioCards
        legend={t('legend')}
        legendHidden
        value={waiting}
        onValueChange={setWaiting}
        options={[
          { value: 'send', label: t('send'), hint: t('sendHint') },
          { value: 'cancel', label: t('cancel'), hint: t('cancelHint') },
        ]}
      />
    </AlertDialog>
  );
}
