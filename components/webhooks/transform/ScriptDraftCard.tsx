'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleCheck, CircleX, Diff } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { discardScriptDraft, noteScriptSaved, publishScriptDraft, scriptDraftQuery } from '@/lib/api/scripts';
import { webhookKeys } from '@/lib/api/webhooks';
import type { ScriptDraft } from '@/lib/domain/script';
import type { Webhook } from '@/lib/domain/webhook';
import { FormFailure } from '../../shell/FormFailure';
import { AlertDialog } from '../../ui/AlertDialog';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { lazily } from '../../ui/lazily';
import { RelativeTime } from '../../ui/RelativeTime';
import { ShadowExampleRow } from './ShadowExampleRow';

const ScriptDiff = lazily(() => import('./ScriptDiff').then((file) => file.ScriptDiff));

type ScriptDraftCardProps = {
  webhook: Webhook;
  /** Takes the draft's text into the editor. */
  onEdit: (script: string) => void;
};

/** The webhook's next script: what it came to beside the live one so far; published, or thrown away. */
export function ScriptDraftCard({ webhook, onEdit }: ScriptDraftCardProps) {
  const draft = useQuery(scriptDraftQuery(webhook.id)).data?.draft;
  return draft ? <DraftCard key={draft.id} draft={draft} webhook={webhook} onEdit={onEdit} /> : null;
}

function DraftCard({ draft, webhook, onEdit }: ScriptDraftCardProps & { draft: ScriptDraft }) {
  const t = useTranslations('webhooks.transform.draft');
  const client = useQueryClient();
  const [asking, setAsking] = useState<'publish' | 'discard' | null>(null);
  const [compared, setCompared] = useState(false);
  const done = (said: string) => {
    void noteScriptSaved(client, webhook.id);
    toast.success(said);
  };
  const publish = useMutation({
    mutationFn: () => publishScriptDraft(webhook.id, draft.id),
    onSuccess: (stored) => {
      client.setQueryData(webhookKeys.one(webhook.id), stored);
      done(t('published'));
    },
  });
  const discard = useMutation({
    mutationFn: () => discardScriptDraft(webhook.id, draft.id),
    onSuccess: () => done(t('discarded')),
  });
  return (
    <Card
      title={t('title')}
      description={t('hint')}
      flush
      actions={
        <>
          <Button size="sm" variant="danger-ghost" onClick={() => setAsking('discard')}>
            {t('discard')}
          </Button>
          <Button size="sm" variant="primary" onClick={() => setAsking('publish')}>
            {t('publish')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 px-4 pb-4 md:px-5">
        <Counts draft={draft} />
        <p className="flex flex-wrap gap-x-4 gap-y-2">
          <Button
            variant="link"
            className="text-xs"
            aria-expanded={compared}
            onClick={() => setCompared(!compared)}
          >
            {compared ? t('hide') : t('compare')}
          </Button>
          <Button variant="link" className="text-xs" onClick={() => onEdit(draft.script)}>
            {t('edit')}
          </Button>
        </p>
        {compared && (
          <ScriptDiff
            before={webhook.transform_enabled ? webhook.transform_script : ''}
            after={draft.script}
            label={t('compare')}
          />
        )}
      </div>
      {draft.examples.length > 0 && (
        <section aria-label={t('examples')}>
          <ul className="divide-y border-t">
            {draft.examples.map((example) => (
              <ShadowExampleRow key={example.id} example={example} />
            ))}
          </ul>
        </section>
      )}
      <AlertDialog
        open={asking !== null}
        onOpenChange={() => setAsking(null)}
        title={asking === 'discard' ? t('discardTitle') : t('publishTitle')}
        description={asking === 'discard' ? t('discardText') : t('publishText')}
        confirmLabel={asking === 'discard' ? t('discard') : t('publish')}
        danger={asking === 'discard'}
        pending={publish.isPending || discard.isPending}
        onConfirm={() => (asking === 'discard' ? discard : publish).mutate()}
      >
        <FormFailure error={publish.error ?? discard.error} />
      </AlertDialog>
    </Card>
  );
}

function Counts({ draft: { same, different, failed, last_run_at } }: { draft: ScriptDraft }) {
  const t = useTranslations('webhooks.transform.draft');
  if (!last_run_at) return <p className="text-muted text-sm">{t('waiting')}</p>;
  return (
    <p aria-live="polite" className="flex flex-wrap items-center gap-x-5 gap-y-1 text-sm">
      <span className="flex items-center gap-1.5">
        <CircleCheck aria-hidden className="size-4 text-success-ink" />
        {t('same', { count: same })}
      </span>
      <span className="flex items-center gap-1.5">
        <Diff aria-hidden className="size-4 text-accent-ink" />
        {t('different', { count: different })}
      </span>
      <span className="flex items-center gap-1.5">
        <CircleX aria-hidden className="size-4 text-danger-ink" />
        {t('failed', { count: failed })}
      </span>
      <span className="text-muted text-xs">
        {t.rich('last', { time: () => <RelativeTime at={last_run_at} /> })}
      </span>
    </p>
  );
}
