'use client';

import { useTranslations } from 'next-intl';
import { type RefObject, useState } from 'react';
import { preselectedSample } from '@/lib/domain/eventTypes';
import type { Webhook } from '@/lib/domain/webhook';
import { useWebhookTest } from '../../receivers/useWebhookTest';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Select } from '../../ui/Select';
import { TestResult } from './TestResult';
import { useTestSamples } from './useTestSamples';

type TestDialogProps = {
  webhook: Pick<Webhook, 'id' | 'name' | 'url' | 'events' | 'transform_enabled'>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Where focus goes on closing. */
  returnFocusTo?: RefObject<HTMLElement | null>;
};

/** Sends a real delivery now and shows what came of it. */
export function TestDialog({ webhook, open, onOpenChange, returnFocusTo }: TestDialogProps) {
  const t = useTranslations('webhooks.test');
  const [chosen, choose] = useState<string>();
  const sample = chosen ?? preselectedSample(webhook);
  const samples = useTestSamples(webhook.events);
  const test = useWebhookTest(webhook.id);
  const changeOpen = (next: boolean) => {
    if (!next) test.reset();
    onOpenChange(next);
  };
  return (
    <Dialog
      returnFocusTo={returnFocusTo}
      open={open}
      onOpenChange={changeOpen}
      title={t('title', { name: webhook.name })}
      description={<span className="wrap-anywhere">{t('description', { url: webhook.url })}</span>}
      className="max-w-xl"
      footer={
        <Button variant="primary" loading={test.isPending} onClick={() => test.mutate(sample)}>
          {test.data || test.isError ? t('again') : t('send')}
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={t('sample')}>
          <Select value={sample} onValueChange={choose} options={samples} disabled={test.isPending} />
        </Field>
        <TestResult test={test} />
      </div>
    </Dialog>
  );
}
