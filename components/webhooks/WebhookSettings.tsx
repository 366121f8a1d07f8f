'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { updateWebhook, webhookKeys, webhookQuery } from '@/lib/api/webhooks';
import type { UrlPolicy } from '@/lib/domain/targetUrl';
import type { Webhook, WebhookInput } from '@/lib/domain/webhook';
import { Button } from '../ui/Button';
import { DeleteDialog } from './DeleteDialog';
import { FormSection } from './FormSection';
import { FormSkeleton } from './FormSkeleton';
import { SecretsFields } from './SecretsFields';
import { WebhookForm } from './WebhookForm';
import { changedFields } from './webhookFormValues';

/** Every setting of one webhook, its secrets, and its end. */
export function WebhookSettings({ webhookId, policy }: { webhookId: string; policy: UrlPolicy }) {
  const t = useTranslations('webhooks');
  const client = useQueryClient();
  const { data: webhook, isError } = useQuery(webhookQuery(webhookId));
  if (isError) return null;
  if (!webhook) return <FormSkeleton />;
  const save = async (input: WebhookInput): Promise<Webhook> => {
    const patch = changedFields(input, webhook);
    if (Object.keys(patch).length === 0) {
      toast.info(t('form.nothingChanged'));
      return webhook;
    }
    const updated = await updateWebhook(webhookId, patch);
    client.setQueryData(webhookKeys.one(webhookId), updated);
    void client.invalidateQueries({ queryKey: ['webhooks', 'list'] });
    toast.success(t('form.saved'));
    return updated;
  };
  return (
    <div className="flex flex-col">
      <FormSection title={t('secrets.title')} hint={t('secrets.hint')}>
        <SecretsFields webhookId={webhookId} rotatable />
      </FormSection>
      <DeleteSection webhook={webhook} />
      <div className="border-t pt-7">
        <WebhookForm
          policy={policy}
          initial={webhook}
          webhookId={webhookId}
          submitLabel={t('form.save')}
          onSubmit={save}
        />
      </div>
    </div>
  );
}

function DeleteSection({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks');
  const router = useRouter();
  const [deleting, setDeleting] = useState(false);
  return (
    <FormSection title={t('actions.delete')} hint={t('delete.description')}>
      <Button variant="danger-ghost" className="self-start border" onClick={() => setDeleting(true)}>
        {t('actions.delete')}
      </Button>
      <DeleteDialog
        webhook={webhook}
        open={deleting}
        onOpenChange={setDeleting}
        onDeleted={() => router.replace('/webhooks')}
      />
    </FormSection>
  );
}
