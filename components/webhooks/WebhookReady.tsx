'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleCheckBig, CirclePlay } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { webhookQuery } from '@/lib/api/webhooks';
import { ErrorState } from '../shell/ErrorState';
import { Button } from '../ui/Button';
import { PageHeader } from '../ui/PageHeader';
import { FormSection } from './FormSection';
import { FormSkeleton } from './FormSkeleton';
import { SecretsFields } from './SecretsFields';
import { TestResult } from './TestResult';
import { useWebhookTest } from './useWebhookTest';
import { VerificationCode } from './VerificationCode';

/** After creation: the secrets, the code that verifies, and a first test. */
export function WebhookReady({ webhookId }: { webhookId: string }) {
  const t = useTranslations('webhooks');
  const { data: webhook, error, refetch } = useQuery(webhookQuery(webhookId));
  const test = useWebhookTest(webhookId);
  if (error) return <ErrorState error={error} onRetry={() => refetch()} />;
  if (!webhook) return <FormSkeleton />;
  return (
    <>
      <div className="flex flex-col gap-3">
        <CircleCheckBig aria-hidden className="size-8 text-success-ink" strokeWidth={1.75} />
        <PageHeader
          title={t('ready.title', { name: webhook.name })}
          description={t('ready.intro')}
          actions={
            <Button asChild>
              <Link href={`/webhooks/${webhookId}`}>{t('ready.finish')}</Link>
            </Button>
          }
        />
      </div>
      <div>
        <FormSection title={t('ready.testTitle')} hint={t('ready.testHint')}>
          <Button
            variant="primary"
            className="self-start"
            loading={test.isPending}
            onClick={() => test.mutate(undefined)}
          >
            {!test.isPending && <CirclePlay aria-hidden />}
            {t(test.data ? 'test.again' : 'test.send')}
          </Button>
          <TestResult test={test} />
        </FormSection>
        <FormSection title={t('ready.secrets')} hint={t('ready.secretsHint')}>
          <SecretsFields webhookId={webhookId} fetched />
        </FormSection>
        <FormSection title={t('ready.verify')} hint={t('ready.verifyHint')}>
          <VerificationCode />
        </FormSection>
      </div>
    </>
  );
}
