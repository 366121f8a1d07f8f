'use client';

import { History } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { WebhookOption } from '@/lib/api/events';
import { Button } from '../../ui/Button';
import { lazily } from '../../ui/lazily';

const ReplayDialog = lazily(() => import('./ReplayDialog').then((file) => file.ReplayDialog));

type ReplayButtonProps = {
  /** Chosen beforehand. */
  webhookId: string | undefined;
  webhooks: readonly WebhookOption[] | undefined;
  /** The webhook cannot be changed: the dialog belongs to its page. */
  fixed: boolean;
};

/** « Rejouer les échecs… »: opens the dialog that counts first. */
export function ReplayButton(props: ReplayButtonProps) {
  const t = useTranslations('deliveries.replay');
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <History aria-hidden />
        {t('open')}
      </Button>
      {open && <ReplayDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}
