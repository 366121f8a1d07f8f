'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleCheckBig, CirclePlay } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Link } from '@/components/ui/Link';
import { webhookQuery } from '@/lib/api/webhooks';
import { preselectedSample, testEventType } from '@/lib/domain/eventTypes';
import type { Webhook } from '@/lib/domain/webhook';
import { useWebhookTest } from '../../receivers/useWebhookTest';
import { ErrorState } from '../../shell/ErrorState';
import { Button } from '../../ui/Button';
import { PageHeader } from '../../ui/PageHeader';
import { FormSection } from '../form/FormSection';
import { FormSkeleton } from '../form/FormSkeleton';
import { TestResult } from '../list/TestResult';
import { SecretsFields } from './SecretsFields';
import { VerificationCode } from './VerificationCode';

/** After creation: the secrets, the code that verifies, and a first test. */
export function WebhookReady({ webhookId }: { webhookId: string }) {
  const t = useTranslations('webhooks');
  const { data: webhook, error, refetch } = useQuery(webhookQuery(webhookId));
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
          <FirstTest webhook={webhook} />
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

function FirstTest({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks');
  const test = useWebhookTest(webhook.id);
  const sample = preselectedSample(webhook);
  return (
    <>
      <Button
        variant="primary"
        className="self-start"
        loading={test.isPending}
        onClick={() => test.mutate(sample)}
      >
        {!test.isPending && <CirclePlay aria-hidden />}
        {t(test.data ? 'test.again' : 'test.send')}
      </Button>
      {sample !== testEventType && (
        <p className="text-muted text-xs">{t('ready.testSample', { event: sample })}</p>
      )}
      <TestResult test={test} />
    </>
  );
}
