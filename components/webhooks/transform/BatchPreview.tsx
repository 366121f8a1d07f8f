'use client';

import { CircleCheck, CircleX, History } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { TransformErrorKind } from '@/lib/domain/transform';
import { useProblemText } from '../../shell/useProblemText';
import { Button } from '../../ui/Button';
import { Card } from '../../ui/Card';
import { RelativeTime } from '../../ui/RelativeTime';
import { type BatchItem, useBatchPreview } from './useBatchPreview';
import type { PastEvent } from './usePastEvents';

type BatchPreviewProps = {
  script: string;
  /** What happened lately, newest first. */
  events: PastEvent[];
  /** Shows one of them in the panes. */
  onChoose: (past: PastEvent) => void;
};

/** Before saving: the script on the webhook's last real events, with what would fail. */
export function BatchPreview({ script, events, onChoose }: BatchPreviewProps) {
  const t = useTranslations('webhooks.transform');
  const batch = useBatchPreview();
  const current = batch.variables?.script === script;
  const items = current ? batch.data : undefined;
  const failed = items?.filter((item) => !item.result?.ok).length ?? 0;
  if (events.length === 0) return null;
  return (
    <Card
      title={t('batchTitle')}
      description={t('batchHint')}
      flush
      actions={
        <Button size="sm" loading={batch.isPending} onClick={() => batch.mutate({ script, events })}>
          {!batch.isPending && <History aria-hidden />}
          {batch.isPending
            ? t('batchProgress', { done: batch.done, total: events.length })
            : t('batchRun', { count: events.length })}
        </Button>
      }
    >
      <p aria-live="polite" className={items ? 'px-4 pb-3 text-sm md:px-5' : 'h-1'}>
        {items &&
          (failed === 0
            ? t('batchGood', { count: items.length })
            : t('batchFailed', { failed, count: items.length }))}
      </p>
      {items && (
        <ul className="divide-y border-t">
          {items.map((item) => (
            <BatchRow key={item.past.id} item={item} onChoose={() => onChoose(item.past)} />
          ))}
        </ul>
      )}
    </Card>
  );
}

type BatchRowProps = { item: BatchItem; onChoose: () => void };

function BatchRow({ item, onChoose }: BatchRowProps) {
  const t = useTranslations('webhooks.transform');
  const kinds = useTranslations('errors.kinds');
  const problemText = useProblemText();
  const error = item.result?.error;
  const ok = item.result?.ok === true;
  const where = error?.line ? `${t('errorAt', { line: error.line, column: error.column ?? 1 })} · ` : '';
  return (
    <li className="flex items-center gap-3 px-4 py-2 text-sm md:px-5">
      {ok ? (
        <CircleCheck aria-label={t('batchOk')} className="size-4 shrink-0 text-success-ink" />
      ) : (
        <CircleX aria-label={t('batchKo')} className="size-4 shrink-0 text-danger-ink" />
      )}
      <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-3">
        <span className="font-mono text-xs">{item.past.event_type}</span>
        <RelativeTime at={item.past.at} className="text-muted text-xs" />
        {!ok && (
          <span className="wrap-anywhere w-full text-danger-ink text-xs">
            {error
              ? `${kinds(`${error.kind as TransformErrorKind}.title`)} · ${where}${error.message}`
              : problemText(item.error)}
          </span>
        )}
      </span>
      <Button variant="link" className="text-xs" onClick={onChoose}>
        {t('batchSee')}
      </Button>
    </li>
  );
}
