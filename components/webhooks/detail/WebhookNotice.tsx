'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { Webhook } from '@/lib/domain/webhook';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { ActivateDialog } from '../list/lazyDialogs';

/** Says why a webhook is off, and offers to switch it on. */
export function WebhookNotice({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks');
  const [activating, setActivating] = useState(false);
  const reason = webhook.disabled_reason ?? 'inactive';
  return (
    <>
      <Banner
        tone={reason === 'inactive' ? 'warning' : 'danger'}
        title={t(`detail.${reason}Title`)}
        actions={
          <Button size="sm" onClick={() => setActivating(true)}>
            {t('actions.activate')}
          </Button>
        }
      >
        {t(`detail.${reason}Text`)}
      </Banner>
      <ActivateDialog webhook={webhook} open={activating} onOpenChange={setActivating} />
    </>
  );
}
