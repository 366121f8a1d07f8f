'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
import { updateWebhook, webhookKeys, webhookQuery } from '@/lib/api/webhooks';
import type { UrlPolicy } from '@/lib/domain/targetUrl';
import type { Webhook, WebhookInput } from '@/lib/domain/webhook';
import { Button } from '../ui/Button';
import { toast } from '../ui/toast';
import { FormSection } from './FormSection';
import { FormSkeleton } from './FormSkeleton';
import { fetchFormAhead, LazyWebhookForm } from './LazyWebhookForm';
import { DeleteDialog } from './lazyDialogs';
import { SecretsFields } from './SecretsFields';
import { changedFields } from './webhookFormValues';

type WebhookSettingsProps = { webhookId: string; policy: UrlPolicy };

/** Every setting of one webhook, its secrets, and its end. */
export function WebhookSettings({ webhookId, policy }: WebhookSettingsProps) {
  const { data: webhook } = useQuery(webhookQuery(webhookId));
  useEffect(fetchFormAhead, []);
  return webhook ? <Settings webhook={webhook} policy={policy} /> : <FormSkeleton />;
}

function Settings({ webhook, policy }: { webhook: Webhook; policy: UrlPolicy }) {
  const t = useTranslations('webhooks');
  const common = useTranslations('common');
  const client = useQueryClient();
  // What the fields started from, not what others have saved since: only the person's own changes are sent.
  const before = useRef(webhook);
  const save = async (input: WebhookInput): Promise<Webhook> => {
    const patch = changedFields(input, before.current);
    if (Object.keys(patch).length === 0) {
      toast.info(t('form.nothingChanged'));
      return before.current;
    }
    const updated = await updateWebhook(webhook.id, patch);
    before.current = updated;
    client.setQueryData(webhookKeys.one(webhook.id), updated);
    void client.invalidateQueries({ queryKey: ['webhooks', 'list'] });
    toast.success(t('form.saved'));
    return updated;
  };
  return (
    <div className="flex flex-col">
      <FormSection title={t('secrets.title')} hint={t('secrets.hint')}>
        <SecretsFields webhookId={webhook.id} rotatable />
      </FormSection>
      <div className="border-t pt-7">
        <LazyWebhookForm
          policy={policy}
          initial={webhook}
          webhookId={webhook.id}
          submitLabel={common('save')}
          onSubmit={save}
        />
      </div>
      <div className="pt-7">
        <DeleteSection webhook={webhook} />
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
