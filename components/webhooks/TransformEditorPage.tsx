'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ApiProblem } from '@/lib/api/apiFetch';
import { updateWebhook, webhookKeys, webhookQuery } from '@/lib/api/webhooks';
import type { Webhook } from '@/lib/domain/webhook';
import { useFieldErrorText } from '../shell/useFieldErrorText';
import { useProblemText } from '../shell/useProblemText';
import { Banner } from '../ui/Banner';
import { Button } from '../ui/Button';
import { Skeleton } from '../ui/Skeleton';
import { SwitchField } from '../ui/SwitchField';
import { toast } from '../ui/toast';
import { TransformWorkbench } from './TransformWorkbench';
import { useLeaveWarning } from './useLeaveWarning';

/** The Transformation tab: write, try on samples and real deliveries, save. */
export function TransformEditorPage({ webhookId }: { webhookId: string }) {
  const { data: webhook } = useQuery(webhookQuery(webhookId));
  return webhook ? <Editor webhook={webhook} /> : <Skeleton className="h-96" />;
}

function Editor({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks');
  const client = useQueryClient();
  const problemText = useProblemText();
  const word = useFieldErrorText();
  const starter = t('transform.starter');
  const [script, setScript] = useState(webhook.transform_script || starter);
  const [enabled, setEnabled] = useState(webhook.transform_enabled || webhook.transform_script === '');
  const dirty = script !== webhook.transform_script || enabled !== webhook.transform_enabled;
  const touched = dirty && (webhook.transform_script !== '' || script !== starter);
  useLeaveWarning(touched);
  const save = useMutation({
    mutationFn: () => updateWebhook(webhook.id, { transform_script: script, transform_enabled: enabled }),
    onSuccess: (updated) => {
      client.setQueryData(webhookKeys.one(webhook.id), updated);
      toast.success(t('transform.saved'));
    },
  });
  const refused = save.error instanceof ApiProblem ? save.error.errors[0] : undefined;
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-wrap items-end justify-between gap-4">
        <p className="max-w-prose text-muted text-sm">{t('transform.intro')}</p>
        {script.trim() === '' && (
          <Button size="sm" onClick={() => setScript(starter)}>
            {t('transform.useStarter')}
          </Button>
        )}
      </div>
      <TransformWorkbench
        script={script}
        onScriptChange={setScript}
        settings={webhook}
        events={webhook.events}
        webhookId={webhook.id}
      />
      <div className="flex flex-col gap-4 rounded-lg border bg-raised p-4 shadow-xs md:p-5">
        <SwitchField
          label={t('transform.enabled')}
          hint={t('transform.enabledHint')}
          checked={enabled}
          onCheckedChange={setEnabled}
        />
        {save.isError && (
          <Banner tone="danger" alert>
            {refused ? word(refused) : problemText(save.error)}
          </Banner>
        )}
        <div className="flex flex-wrap items-center justify-end gap-3">
          {touched && <p className="mr-auto text-muted text-sm">{t('form.unsaved')}</p>}
          <Button variant="primary" loading={save.isPending} disabled={!dirty} onClick={() => save.mutate()}>
            {t('transform.save')}
          </Button>
        </div>
      </div>
    </div>
  );
}
