'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { createWebhook, webhookKeys, webhookQuery } from '@/lib/api/webhooks';
import type { UrlPolicy } from '@/lib/domain/targetUrl';
import type { WebhookInput } from '@/lib/domain/webhook';
import { ErrorState } from '../../shell/ErrorState';
import { Banner } from '../../ui/Banner';
import { PageHeader } from '../../ui/PageHeader';
import { FormSkeleton } from './FormSkeleton';
import { LazyWebhookForm } from './LazyWebhookForm';

type CreateWebhookProps = {
  policy: UrlPolicy;
  /** Id of the webhook whose settings are the starting point. */
  copyOf?: string;
  /** URL to start from: a playground inbox. */
  url?: string;
  /** Name to start from. */
  name?: string;
};

/** The form of a new webhook; once saved it leads to the secrets and a first test. */
export function CreateWebhook({ policy, copyOf, url, name }: CreateWebhookProps) {
  const t = useTranslations('webhooks');
  const router = useRouter();
  const client = useQueryClient();
  const original = useQuery({
    ...webhookQuery(copyOf ?? ''),
    enabled: copyOf !== undefined,
    staleTime: 'static',
  });
  const create = async (input: WebhookInput) => {
    const webhook = await createWebhook(input);
    client.setQueryData(webhookKeys.one(webhook.id), webhook);
    void client.invalidateQueries({ queryKey: ['webhooks', 'list'] });
    router.push(`/webhooks/${webhook.id}/ready`);
    return webhook;
  };
  const copy = original.data && { ...original.data, name: t('form.copyName', { name: original.data.name }) };
  return (
    <>
      <PageHeader
        title={t('form.createTitle')}
        description={t('form.createIntro')}
        backHref="/webhooks"
        backLabel={t('detail.back')}
      />
      {original.isError && <ErrorState error={original.error} onRetry={() => original.refetch()} />}
      {copyOf && original.isPending && <FormSkeleton />}
      {original.data && (
        <Banner title={t('form.copyTitle', { name: original.data.name })}>{t('form.copyText')}</Banner>
      )}
      {(!copyOf || copy) && (
        <LazyWebhookForm
          policy={policy}
          initial={copy ?? { url: url ?? '', name: name ?? '' }}
          draftName={copyOf ? `copy ${copyOf}` : 'new'}
          submitLabel={t('form.create')}
          onSubmit={create}
        />
      )}
    </>
  );
}
