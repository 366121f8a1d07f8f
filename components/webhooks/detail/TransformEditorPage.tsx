'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { webhookQuery } from '@/lib/api/webhooks';
import { WebhookError } from '@/lib/domain/errors';
import type { Webhook } from '@/lib/domain/webhook';
import { LeaveGuard } from '../../shell/LeaveGuard';
import { useFieldErrorText } from '../../shell/useFieldErrorText';
import { useProblemText } from '../../shell/useProblemText';
import { useSaveKey } from '../../shell/useSaveKey';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { ChangedMark } from '../../ui/ChangedMark';
import { Skeleton } from '../../ui/Skeleton';
import { SwitchField } from '../../ui/SwitchField';
import { toast } from '../../ui/toast';
import { LazyConflictDialog } from '../form/LazyConflictDialog';
import { useConditionalSave } from '../form/useConditionalSave';
import { TransformWorkbench } from '../transform/TransformWorkbench';

/** The Transformation tab: write, try on samples and real deliveries, save. */
export function TransformEditorPage({ webhookId }: { webhookId: string }) {
  const { data: webhook } = useQuery(webhookQuery(webhookId));
  return webhook ? <Editor webhook={webhook} /> : <Skeleton className="h-96" />;
}

function Editor({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks');
  const problemText = useProblemText();
  const word = useFieldErrorText();
  const starter = t('transform.starter');
  /** What the script and the switch started from. */
  const [base, setBase] = useState(webhook);
  const [script, setScript] = useState(webhook.transform_script || starter);
  const [enabled, setEnabled] = useState(webhook.transform_enabled || webhook.transform_script === '');
  const dirty = script !== base.transform_script || enabled !== base.transform_enabled;
  const touched = dirty && (base.transform_script !== '' || script !== starter);
  const adopt = (stored: Webhook) => {
    setBase(stored);
    setScript(stored.transform_script || starter);
    setEnabled(stored.transform_enabled || stored.transform_script === '');
  };
  const { save: store, question } = useConditionalSave(webhook.id);
  const save = useMutation({
    mutationFn: () => store({ transform_script: script, transform_enabled: enabled }, base),
    onSuccess: (stored) => {
      adopt(stored);
      toast.success(t('transform.saved'));
    },
  });
  // As long as nothing is changed here, what others save is shown.
  if (webhook.version !== base.version && !touched && !save.isPending) adopt(webhook);
  useSaveKey(() => dirty && !save.isPending && save.mutate());
  const refused = save.error instanceof WebhookError ? save.error.errors[0] : undefined;
  return (
    <div className="flex flex-col gap-5">
      <LeaveGuard changed={touched} />
      {question && <LazyConflictDialog question={question} />}
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
          <p aria-live="polite" className="mr-auto text-muted text-sm">
            {touched && <ChangedMark>{t('form.unsaved')}</ChangedMark>}
          </p>
          <Button variant="primary" loading={save.isPending} disabled={!dirty} onClick={() => save.mutate()}>
            {t('transform.save')}
          </Button>
        </div>
      </div>
    </div>
  );
}
