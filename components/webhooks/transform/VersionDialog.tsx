'use client';

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { toast } from 'sonner';
import { noteScriptSaved, restoreScript, scriptVersionQuery } from '@/lib/api/scripts';
import { webhookKeys } from '@/lib/api/webhooks';
import type { ScriptVersion } from '@/lib/domain/script';
import type { Webhook } from '@/lib/domain/webhook';
import { FormFailure } from '../../shell/FormFailure';
import { useProblemText } from '../../shell/useProblemText';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { CodeBlock } from '../../ui/CodeBlock';
import { Dialog } from '../../ui/Dialog';
import { Skeleton } from '../../ui/Skeleton';
import { useExactTime } from '../../ui/useExactTime';
import { ScriptDiff } from './ScriptDiff';

type VersionDialogProps = {
  webhook: Webhook;
  version: ScriptVersion;
  isCurrent: boolean;
  onClose: () => void;
};

/** A former script: what would change if it were restored, and that. */
export function VersionDialog({ webhook, version, isCurrent, onClose }: VersionDialogProps) {
  const t = useTranslations('webhooks.transform.versions');
  const common = useTranslations('common');
  const problemText = useProblemText();
  const exactTime = useExactTime();
  const client = useQueryClient();
  const { data, error } = useQuery(scriptVersionQuery(webhook.id, version.id));
  const restore = useMutation({
    mutationFn: () => restoreScript(webhook.id, version.id),
    onSuccess: (stored) => {
      client.setQueryData(webhookKeys.one(webhook.id), stored);
      void noteScriptSaved(client, webhook.id);
      toast.success(t('restored'));
      onClose();
    },
  });
  const same = data?.script === webhook.transform_script;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={version.saved_at ? t('of', { when: exactTime(version.saved_at) }) : t('before')}
      description={isCurrent ? t('isCurrent') : same ? t('same') : t('wouldChange')}
      className="max-w-3xl"
      footer={
        <>
          <Button onClick={onClose}>{common('close')}</Button>
          {!isCurrent && (
            <Button
              variant="primary"
              disabled={!data || same}
              loading={restore.isPending}
              onClick={() => restore.mutate()}
            >
              {t('restore')}
            </Button>
          )}
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <FormFailure error={restore.error} />
        {error && <Banner tone="danger">{problemText(error)}</Banner>}
        {!data && !error && <Skeleton className="h-40" />}
        {data && data.script === '' && <p className="text-muted text-sm">{t('removed')}</p>}
        {data &&
          (isCurrent || same ? (
            data.script !== '' && <CodeBlock code={data.script} label={t('script')} />
          ) : (
            <ScriptDiff before={webhook.transform_script} after={data.script} label={t('difference')} />
          ))}
      </div>
    </Dialog>
  );
}
