'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { noteScriptSaved, saveScriptDraft } from '@/lib/api/scripts';
import { webhookQuery } from '@/lib/api/webhooks';
import { WebhookError } from '@/lib/domain/errors';
import type { Webhook } from '@/lib/domain/webhook';
import { DraftOffer } from '../../shell/DraftOffer';
import type { Draft } from '../../shell/drafts';
import { FormFailure } from '../../shell/FormFailure';
import { LeaveGuard } from '../../shell/LeaveGuard';
import { useDraft } from '../../shell/useDraft';
import { useFieldErrorText } from '../../shell/useFieldErrorText';
import { useSaveKey } from '../../shell/useSaveKey';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { ChangedMark } from '../../ui/ChangedMark';
import { lazily } from '../../ui/lazily';
import { Skeleton } from '../../ui/Skeleton';
import { SwitchField } from '../../ui/SwitchField';
import { LazyConflictDialog } from '../form/LazyConflictDialog';
import { useConditionalSave } from '../form/useConditionalSave';
import { TransformWorkbench } from '../transform/TransformWorkbench';

/* Below what is worked on. */
const ScriptDraftCard = lazily(() =>
  import('../transform/ScriptDraftCard').then((file) => file.ScriptDraftCard),
);
const ScriptVersions = lazily(() =>
  import('../transform/ScriptVersions').then((file) => file.ScriptVersions),
);

/** The Transformation tab: write, try on samples and real deliveries, save. */
export function TransformEditorPage({ webhookId }: { webhookId: string }) {
  const { data: webhook } = useQuery(webhookQuery(webhookId));
  return webhook ? <Editor webhook={webhook} /> : <Skeleton className="h-96" />;
}

type Script = { script: string; enabled: boolean };

function Editor({ webhook }: { webhook: Webhook }) {
  const t = useTranslations('webhooks');
  const word = useFieldErrorText();
  const client = useQueryClient();
  // Of the language that the page was opened in: another one is no change of the script.
  const [starter] = useState(t('transform.starter'));
  /** What the script and the switch started from. */
  const [base, setBase] = useState(webhook);
  const [script, setScript] = useState(webhook.transform_script || starter);
  const [enabled, setEnabled] = useState(webhook.transform_enabled || webhook.transform_script === '');
  const dirty = script !== base.transform_script || enabled !== base.transform_enabled;
  const touched = dirty && (base.transform_script !== '' || script !== starter);
  const draft = useDraft(`transform ${webhook.id}`);
  /** From then on what differs from what is stored is kept. */
  const edit = (next: { script?: string; enabled?: boolean }) => {
    const values = { script, enabled, ...next };
    setScript(values.script);
    setEnabled(values.enabled);
    const stored = { script: base.transform_script, enabled: base.transform_enabled };
    const same = values.script === stored.script && values.enabled === stored.enabled;
    draft.keep(same ? null : { version: base.version, values, base: stored });
  };
  const take = (offer: Draft) => {
    const { values, base: former, version } = offer;
    // Started from what was stored then, so that saving it over what somebody else saved since is asked about.
    const { script: transform_script, enabled: transform_enabled } = former as Script;
    if (version && version !== webhook.version)
      setBase({ ...webhook, transform_script, transform_enabled, version });
    setScript((values as Script).script);
    setEnabled((values as Script).enabled);
    draft.taken();
  };
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
      draft.forget();
      void noteScriptSaved(client, webhook.id);
      toast.success(t('transform.saved'));
    },
  });
  const saveDraft = useMutation({
    mutationFn: () => saveScriptDraft(webhook.id, script),
    onSuccess: () => {
      // It is kept there: the editor shows what is in place again.
      adopt(webhook);
      draft.forget();
      void noteScriptSaved(client, webhook.id);
      toast.success(t('transform.draft.saved'));
    },
  });
  // As long as nothing is changed here, what others save is shown.
  if (webhook.version !== base.version && !touched && !save.isPending) adopt(webhook);
  const saveLive = () => {
    saveDraft.reset();
    save.mutate();
  };
  useSaveKey(() => dirty && !save.isPending && saveLive());
  const failure = save.error ?? saveDraft.error;
  const refused = failure instanceof WebhookError ? failure.errors[0] : undefined;
  return (
    <div data-keeps-text className="flex flex-col gap-5">
      <LeaveGuard changed={touched} onLeave={draft.forget} />
      <DraftOffer
        offer={draft.offer}
        changedSince={draft.offer !== null && draft.offer.version !== webhook.version}
        onTake={() => draft.offer && take(draft.offer)}
        onRefuse={draft.forget}
      />
      {question && <LazyConflictDialog question={question} />}
      <div className="flex flex-wrap items-end justify-between gap-4">
        <p className="max-w-prose text-muted text-sm">{t('transform.intro')}</p>
        <div className="flex flex-wrap items-center gap-y-3 md:ml-auto">
          <p aria-live="polite" className="text-muted text-sm">
            {touched && (
              <span className="mr-3">
                <ChangedMark>{t('form.unsaved')}</ChangedMark>
              </span>
            )}
          </p>
          {script.trim() === '' && (
            <Button className="mr-3" onClick={() => edit({ script: starter })}>
              {t('transform.useStarter')}
            </Button>
          )}
          <Button
            className="mr-3"
            loading={saveDraft.isPending}
            disabled={script.trim() === '' || script === base.transform_script}
            onClick={() => {
              save.reset();
              saveDraft.mutate();
            }}
          >
            {t('transform.draft.save')}
          </Button>
          <Button variant="primary" loading={save.isPending} disabled={!dirty} onClick={saveLive}>
            {t('transform.save')}
          </Button>
        </div>
      </div>
      {refused && (
        <Banner tone="danger" alert>
          {word(refused)}
        </Banner>
      )}
      <FormFailure error={failure} />
      <TransformWorkbench
        script={script}
        onScriptChange={(next) => edit({ script: next })}
        settings={webhook}
        events={webhook.events}
        webhookId={webhook.id}
      />
      <div className="rounded-lg border bg-raised p-4 shadow-xs md:p-5">
        <SwitchField
          label={t('transform.enabled')}
          hint={t('transform.enabledHint')}
          checked={enabled}
          onCheckedChange={(on) => edit({ enabled: on })}
        />
      </div>
      <ScriptDraftCard webhook={webhook} onEdit={(next) => edit({ script: next })} />
      <ScriptVersions webhook={webhook} />
    </div>
  );
}
