'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { webhookQuery } from '@/lib/api/webhooks';
import type { UrlPolicy } from '@/lib/domain/targetUrl';
import type { Webhook, WebhookInput } from '@/lib/domain/webhook';
import { Button } from '../../ui/Button';
import { toast } from '../../ui/toast';
import { FormSection } from '../form/FormSection';
import { FormSkeleton } from '../form/FormSkeleton';
import { LazyConflictDialog } from '../form/LazyConflictDialog';
import { fetchFormAhead, LazyWebhookForm } from '../form/LazyWebhookForm';
import { changedSettings } from '../form/settingConflicts';
import { useConditionalSave } from '../form/useConditionalSave';
import { DeleteDialog } from '../list/lazyDialogs';
import { SecretsFields } from './SecretsFields';

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
  const { save, question } = useConditionalSave(webhook.id);
  const submit = async (input: WebhookInput, base: Webhook = webhook): Promise<Webhook> => {
    const unchanged = Object.keys(changedSettings(input, base)).length === 0;
    const stored = await save(input, base);
    if (unchanged) toast.info(t('form.nothingChanged'));
    else toast.success(t('form.saved'));
    return stored;
  };
  return (
    <div className="flex flex-col">
      <FormSection title={t('secrets.title')} hint={t('secrets.hint')}>
        <SecretsFields webhookId={webhook.id} rotatable />
      </FormSection>
      <div className="border-t pt-7">
        <LazyWebhookForm policy={policy} webhook={webhook} submitLabel={common('save')} onSubmit={submit} />
        {question && <LazyConflictDialog question={question} />}
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
